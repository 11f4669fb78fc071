/**
 * What makes `dsl.run_notebook` run a notebook that ships in the module's text. KFP's own function of that name only says that
 * there is none.
 *
 * @param archive the notebook's JSON, compressed by gzip, in base64
 */
export function notebookHelper(archive: string): string {
  return `${HELPER.replace('ARCHIVE', () => archive)}\n\n`;
}

const HELPER = `
def _run_notebook(**parameters):
    import base64
    import gzip
    import json
    import sys

    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    text = gzip.decompress(base64.b64decode("ARCHIVE")).decode("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    if parameters:
        lines = ["import json"]
        lines += ["%s = json.loads(%r)" % (name, json.dumps(value)) for name, value in parameters.items()]
        cell = nbformat.v4.new_code_cell("\\n".join(lines), metadata={"tags": ["injected-parameters"]})
        tagged = [
            index
            for index, each in enumerate(notebook.cells)
            if each.cell_type == "code" and "parameters" in each.metadata.get("tags", [])
        ]
        notebook.cells.insert(tagged[0] + 1 if tagged else 0, cell)

    def show(cell, cell_index, execute_reply):
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                print(output.text, end="", file=sys.stderr if output.name == "stderr" else sys.stdout, flush=True)
            elif "text/plain" in output.get("data", {}):
                print(output.data["text/plain"], flush=True)

    if "python3" not in KernelSpecManager().find_kernel_specs():
        from ipykernel.kernelspec import install

        install(user=True, kernel_name="python3")
    NotebookClient(notebook, timeout=None, kernel_name="python3", on_cell_executed=show).execute()


dsl.run_notebook = _run_notebook
`;
