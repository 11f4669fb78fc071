"""The notebook of a notebook component."""


def run_notebook(**parameters):
    """Runs the component's notebook to its end, with these parameters; what its cells print is shown as it comes.

    The parameters are values that JSON can hold. A cell of their own sets them, after the cell that is tagged
    `parameters`, or before all others. A cell that fails ends the run with a RuntimeError.
    """
    from kfp_runtime.notebook import run

    run(parameters)
