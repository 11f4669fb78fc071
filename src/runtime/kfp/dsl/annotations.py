"""What components are annotated and decorated with. In a running component none of it does anything."""


class Input:
    """Marks an input artifact: `Input[Dataset]`."""

    def __class_getitem__(cls, type):
        return type


class Output(Input):
    """Marks an output artifact: `Output[Model]`."""


class EmbeddedInput(Input):
    """Marks an artifact that is part of the component's own text: `EmbeddedInput[Dataset]`."""


def InputPath(type=None):
    """Annotates an input artifact that is handed over as a path."""
    return str


def OutputPath(type=None):
    """Annotates an output that the function writes to a path."""
    return str


def component(func=None, **options):
    """Leaves the function as it is, so that it can be called and tested."""
    return func if func is not None else lambda function: function


container_component = notebook_component = pipeline = component


class PipelineTaskFinalStatus:
    """How the task that an exit task belongs to ended."""

    def __init__(
        self, state, pipeline_job_resource_name="", pipeline_task_name="", error_code=None, error_message=None
    ):
        self.state = state
        """SUCCEEDED, FAILED or CANCELLED."""
        self.pipeline_job_resource_name = pipeline_job_resource_name
        """The run's name."""
        self.pipeline_task_name = pipeline_task_name
        """The task's name."""
        self.error_code = error_code
        """The exit code, where it is known."""
        self.error_message = error_message
        """What went wrong, where it is known."""

    def __eq__(self, other):
        return isinstance(other, PipelineTaskFinalStatus) and vars(self) == vars(other)

    def __repr__(self):
        return "PipelineTaskFinalStatus(%s)" % ", ".join("%s=%r" % item for item in vars(self).items())


class TaskConfig:
    """What the task asked of its pod, for a function that hands it on to what it starts. All of it as Kubernetes has it."""

    def __init__(
        self,
        affinity=None,
        tolerations=None,
        node_selector=None,
        env=None,
        volumes=None,
        volume_mounts=None,
        resources=None,
    ):
        self.affinity = affinity
        self.tolerations = tolerations
        self.node_selector = node_selector
        self.env = env
        self.volumes = volumes
        self.volume_mounts = volume_mounts
        self.resources = resources

    def __eq__(self, other):
        return isinstance(other, TaskConfig) and vars(self) == vars(other)

    def __repr__(self):
        return "TaskConfig(%s)" % ", ".join("%s=%r" % item for item in vars(self).items())
