"""Fine-tune a language model by LoRA: download, prepare, train with checkpoints, evaluate, publish.

What is large lies on a volume that the tasks share; they tell each other where, below its root. With the base model
`tiny-random` and the data set `toy`, which `download` makes by itself, all of it runs on a CPU, without a model hub.
"""

from typing import NamedTuple, Optional

from kfp import dsl
from kfp.dsl import Input, Markdown, Metrics, Model, Output

# The image has PyTorch, so that pods do not install it; where pipelines run locally, it is installed.
GPU_IMAGE = "pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime"
TORCH_PACKAGES = [
    "torch==2.9.1",
    "transformers==5.23.0",
    "peft==0.21.2",
    "datasets==5.2.0",
    "accelerate==1.15.0",
]

SLIM_IMAGE = "python:3.11-slim"


def make_toy_rows():
    """Sums to learn, as rows of an instruction data set."""
    return [
        {"instruction": f"What is {a} plus {b}?", "response": f"The sum is {a + b}."}
        for a in range(16)
        for b in range(16)
    ]


def make_tiny_model(folder):
    """A model small enough for a CPU, which knows nothing, and a tokenizer that can tell any text's bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=512, initial_alphabet=alphabet, special_tokens=["<pad>", "<s>", "</s>"])
    texts = [f"{row['instruction']} {row['response']}" for row in make_toy_rows()]
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>")
    fast.save_pretrained(folder)

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        pad_token_id=fast.pad_token_id,
        bos_token_id=fast.bos_token_id,
        eos_token_id=fast.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


@dsl.component(
    base_image=GPU_IMAGE, packages_to_install=TORCH_PACKAGES, additional_funcs=[make_toy_rows, make_tiny_model]
)
def download(
    workspace: str, base_model: str, dataset: str, split: str = "train"
) -> NamedTuple("Download", [("model", str), ("rows", str), ("revision", str)]):
    """Download a base model and a data set from the model hub, with the token in `HF_TOKEN` where there is one.

    Args:
        workspace: The root of the volume that the tasks share.
        base_model: A model of the hub, or `tiny-random`.
        dataset: A data set of the hub with the columns `instruction` and `response` (and `context`), or `toy`.
        split: The part of the data set: `train`, or a slice such as `train[:5000]`.

    Returns:
        model: The model's folder on the volume.
        rows: The data set's rows on the volume, as JSON lines.
        revision: The model's commit on the hub.
    """
    import json
    import os
    from typing import NamedTuple

    model_folder = os.path.join(workspace, "model")
    if base_model == "tiny-random":
        make_tiny_model(model_folder)
        revision = "none"
    else:
        from huggingface_hub import HfApi, snapshot_download

        # The commit of now, so that the files are all of one, and the run can tell which.
        revision = HfApi().model_info(base_model).sha
        snapshot_download(
            base_model,
            revision=revision,
            local_dir=model_folder,
            allow_patterns=["*.json", "*.safetensors", "*.model", "*.jinja"],
        )

    if dataset == "toy":
        rows = make_toy_rows()
    else:
        from datasets import load_dataset

        rows = load_dataset(dataset, split=split)
    with open(os.path.join(workspace, "rows.jsonl"), "w", encoding="utf-8") as file:
        for row in rows:
            kept = {"instruction": row["instruction"], "context": row.get("context"), "response": row["response"]}
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")
    print(f"{base_model} at {revision}, {len(rows)} rows of {dataset}")
    result = NamedTuple("Download", [("model", str), ("rows", str), ("revision", str)])
    return result(model="model", rows="rows.jsonl", revision=revision)


@dsl.component(base_image=SLIM_IMAGE)
def prepare(
    workspace: str, rows: str, held_out_share: float = 0.1
) -> NamedTuple("Prepared", [("train", str), ("held_out", str), ("examples", int)]):
    """Turn rows into prompts and completions, without duplicates, and hold some out.

    Args:
        workspace: The root of the volume that the tasks share.
        rows: The rows on the volume, as JSON lines.
        held_out_share: The share of prompts that is held out. A prompt is on the same side in every run.

    Returns:
        train: Examples to train on, on the volume: JSON lines with `prompt` and `completion`.
        held_out: Examples to evaluate with.
        examples: The number of examples to train on.
    """
    import hashlib
    import json
    import os
    from typing import NamedTuple

    parts = {"train": {}, "held_out": {}}
    with open(os.path.join(workspace, rows), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            question = "\n\n".join(text for text in (row["instruction"], row["context"]) if text)
            prompt = f"### Instruction:\n{question}\n\n### Response:\n"
            place = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:8], "big") / 2**64
            parts["held_out" if place < held_out_share else "train"].setdefault(prompt, row["response"])
    for name, examples in parts.items():
        if not examples:
            raise ValueError(f"no examples are left for '{name}'")
        with open(os.path.join(workspace, f"{name}.jsonl"), "w", encoding="utf-8") as file:
            for prompt, completion in examples.items():
                file.write(json.dumps({"prompt": prompt, "completion": completion}, ensure_ascii=False) + "\n")
    print(", ".join(f"{len(examples)} for {name}" for name, examples in parts.items()))
    result = NamedTuple("Prepared", [("train", str), ("held_out", str), ("examples", int)])
    return result(train="train.jsonl", held_out="held_out.jsonl", examples=len(parts["train"]))


def read_examples(path, tokenizer, max_length):
    """Token ids and labels of examples. Only completions have labels: a prompt is not what the model should learn."""
    import json

    examples = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            example = json.loads(line)
            prompt = tokenizer(example["prompt"])["input_ids"]
            completion = tokenizer(example["completion"] + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
            ids = (prompt + completion)[:max_length]
            if len(ids) > len(prompt):
                labels = ([-100] * len(prompt) + completion)[:max_length]
                examples.append({"input_ids": ids, "attention_mask": [1] * len(ids), "labels": labels})
    return examples


@dsl.component(base_image=GPU_IMAGE, packages_to_install=TORCH_PACKAGES, additional_funcs=[read_examples])
def fine_tune(
    workspace: str,
    model: str,
    train: str,
    base_model: str,
    revision: str,
    adapter: Output[Model],
    metrics: Output[Metrics],
    epochs: int = 1,
    learning_rate: float = 0.0002,
    lora_rank: int = 16,
    batch_size: int = 4,
    accumulation: int = 4,
    max_length: int = 1024,
    checkpoint_steps: int = 50,
    seed: int = 7,
):
    """Train a LoRA adapter on all GPUs of the pod. An attempt goes on from the last checkpoint of the one before.

    Args:
        workspace: The root of the volume that the tasks share, where the checkpoints are kept.
        model: The base model's folder on the volume.
        train: The examples on the volume.
        base_model: What the adapter says it belongs to.
        revision: The base model's commit, likewise.
        adapter: The adapter and its tokenizer, as PEFT stores them.
        metrics: The last training loss, the number of steps, and the step that the last attempt began at.
        epochs: How often the examples are seen.
        learning_rate: The highest learning rate.
        lora_rank: The rank of the adapter's matrices.
        batch_size: Examples on a GPU at a time.
        accumulation: How many such batches make one step.
        max_length: Tokens of an example; what is longer is cut.
        checkpoint_steps: Steps between two checkpoints.
        seed: Seed of the order and of the adapter's start.
    """
    import json
    import os
    import shutil

    import torch
    from accelerate import notebook_launcher

    checkpoints = os.path.join(workspace, "checkpoints")
    summary = os.path.join(workspace, "training.json")
    os.makedirs(checkpoints, exist_ok=True)
    names = [name for name in os.listdir(checkpoints) if name.startswith("checkpoint-")]
    steps = {name: int(name.rpartition("-")[2]) for name in names}
    for name in names:
        # Its state is written last: an attempt that was ended while it wrote a checkpoint leaves none there.
        if not os.path.exists(os.path.join(checkpoints, name, "trainer_state.json")):
            shutil.rmtree(os.path.join(checkpoints, name))
            del steps[name]
    last = max(steps, key=steps.get, default=None)
    print(f"going on from {last}" if last else "starting afresh")

    def work():
        from peft import LoraConfig, get_peft_model
        from transformers import (
            AutoModelForCausalLM,
            AutoTokenizer,
            DataCollatorForSeq2Seq,
            Trainer,
            TrainingArguments,
            set_seed,
        )

        set_seed(seed)
        folder = os.path.join(workspace, model)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        bf16 = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16 if bf16 else torch.float32)
        lora = LoraConfig(
            task_type="CAUSAL_LM",
            r=lora_rank,
            lora_alpha=2 * lora_rank,
            lora_dropout=0.05,
            target_modules="all-linear",
            revision=None if revision == "none" else revision,
        )
        tuned = get_peft_model(base, lora)
        trainer = Trainer(
            model=tuned,
            args=TrainingArguments(
                output_dir=checkpoints,
                num_train_epochs=epochs,
                learning_rate=learning_rate,
                lr_scheduler_type="cosine",
                per_device_train_batch_size=batch_size,
                gradient_accumulation_steps=accumulation,
                activation_checkpointing=True,
                activation_checkpointing_kwargs={"use_reentrant": False},
                bf16=bf16,
                save_strategy="steps",
                save_steps=checkpoint_steps,
                save_total_limit=2,
                logging_steps=5,
                disable_tqdm=True,
                report_to="none",
                # Its processes hand over batches in /dev/shm.
                dataloader_num_workers=2,
                seed=seed,
            ),
            train_dataset=read_examples(os.path.join(workspace, train), tokenizer, max_length),
            data_collator=DataCollatorForSeq2Seq(tokenizer),
            processing_class=tokenizer,
        )
        done = trainer.train(resume_from_checkpoint=os.path.join(checkpoints, last) if last else None)
        if trainer.is_world_process_zero():
            # Whoever loads the adapter has another folder, and finds the base model by its name.
            tuned.peft_config["default"].base_model_name_or_path = base_model
            tuned.save_pretrained(adapter.path)
            tokenizer.save_pretrained(adapter.path)
            with open(summary, "w", encoding="utf-8") as file:
                json.dump({"loss": done.training_loss, "steps": done.global_step}, file)

    notebook_launcher(work, num_processes=max(1, torch.cuda.device_count()))
    with open(summary, encoding="utf-8") as file:
        result = json.load(file)
    adapter.metadata.update(framework="peft", base_model=base_model, revision=revision, lora_rank=lora_rank)
    metrics.log_metric("loss", round(result["loss"], 4))
    metrics.log_metric("steps", result["steps"])
    metrics.log_metric("resumed_at", steps[last] if last else 0)


@dsl.component(base_image=GPU_IMAGE, packages_to_install=TORCH_PACKAGES, additional_funcs=[read_examples])
def evaluate(
    workspace: str,
    model: str,
    held_out: str,
    adapter: Input[Model],
    metrics: Output[Metrics],
    batch_size: int = 8,
    max_length: int = 1024,
) -> float:
    """Measure how well a model foretells completions that it has not seen, without the adapter and with it.

    Args:
        workspace: The root of the volume that the tasks share.
        model: The base model's folder on the volume.
        held_out: The examples on the volume.
        adapter: The adapter.
        metrics: Both perplexities, and by which share the adapter lowers the base model's.
        batch_size: Examples on the GPU at a time.
        max_length: Tokens of an example; what is longer is cut.

    Returns:
        The perplexity with the adapter.
    """
    import math
    import os

    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForSeq2Seq

    device = "cuda" if torch.cuda.is_available() else "cpu"
    bf16 = device == "cuda" and torch.cuda.is_bf16_supported()
    tokenizer = AutoTokenizer.from_pretrained(adapter.path)
    base = AutoModelForCausalLM.from_pretrained(
        os.path.join(workspace, model), dtype=torch.bfloat16 if bf16 else torch.float32
    )
    tuned = PeftModel.from_pretrained(base, adapter.path).to(device).eval()
    examples = read_examples(os.path.join(workspace, held_out), tokenizer, max_length)
    collate = DataCollatorForSeq2Seq(tokenizer)

    def perplexity():
        total, tokens = 0.0, 0
        for start in range(0, len(examples), batch_size):
            batch = collate(examples[start : start + batch_size]).to(device)
            labels = batch.pop("labels")[:, 1:]
            logits = tuned(**batch).logits[:, :-1].float()
            total += torch.nn.functional.cross_entropy(
                logits.reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=-100, reduction="sum"
            ).item()
            tokens += (labels != -100).sum().item()
        return math.exp(total / tokens)

    with torch.inference_mode():
        with tuned.disable_adapter():
            before = perplexity()
        after = perplexity()
    metrics.log_metric("base_perplexity", round(before, 4))
    metrics.log_metric("perplexity", round(after, 4))
    metrics.log_metric("improvement", round(1 - after / before, 4))
    print(f"perplexity {before:.4f} before, {after:.4f} after, on {len(examples)} examples")
    return after


@dsl.component(base_image=SLIM_IMAGE, packages_to_install=["huggingface-hub==2.4.0"])
def publish(adapter: Input[Model], base_model: str, perplexity: float, repository: Optional[str] = None) -> str:
    """Publish an adapter in a private repository of the model hub, with the token in `HF_TOKEN`.

    Args:
        adapter: The adapter.
        base_model: What it belongs to.
        perplexity: What the model card says about it.
        repository: `team/name`, made where it does not exist. Without one, nothing leaves the cluster.

    Returns:
        Where the adapter is.
    """
    import os

    if repository is None:
        print("no repository is given: the adapter stays among the run's artifacts")
        return adapter.uri

    from huggingface_hub import HfApi

    run = os.environ["KFP_RUN_NAME"]
    card = (
        f"---\nbase_model: {base_model}\nlibrary_name: peft\ntags: [lora]\n---\n\n"
        f"# {repository}\n\nA LoRA adapter for {base_model}, made by the run `{run}`. "
        f"Its perplexity on held-out examples is {perplexity:.4f}.\n"
    )
    hub = HfApi()
    hub.create_repo(repository, private=True, exist_ok=True)
    # The card that PEFT wrote names a folder that was there while the model was trained.
    commit = hub.upload_folder(
        repo_id=repository, folder_path=adapter.path, ignore_patterns=["README.md"], commit_message=f"Run {run}"
    )
    hub.upload_file(
        repo_id=repository, path_or_fileobj=card.encode(), path_in_repo="README.md", commit_message=f"Card of run {run}"
    )
    return str(commit.commit_url)


@dsl.component(base_image=SLIM_IMAGE)
def explain(
    adapter: Input[Model], base_model: str, perplexity: float, min_improvement: float, report: Output[Markdown]
):
    """Say why an adapter was not published.

    Args:
        adapter: The adapter.
        base_model: What it belongs to.
        perplexity: Its perplexity.
        min_improvement: The improvement that was asked for.
        report: A few lines for who started the run.
    """
    text = (
        f"# Not published\n\nThe adapter for {base_model} has a perplexity of {perplexity:.4f}: "
        f"that is not {min_improvement:.0%} below the base model's.\n\nIt is kept at `{adapter.uri}`.\n"
    )
    with open(report.path, "w", encoding="utf-8") as file:
        file.write(text)
    print(text)
