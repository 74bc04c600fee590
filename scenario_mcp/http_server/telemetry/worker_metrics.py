"""Metrics of several workers: the folder that they share, and what becomes of a worker that has ended."""

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the workers of one server share their metrics; read when the library is imported."""


def forget_worker(process_id: int | None) -> None:
    """Forget what a worker that has ended had counted as going on; one without an id never started."""
    from prometheus_client import multiprocess  # only where there are several workers

    if process_id is not None:
        multiprocess.mark_process_dead(process_id)  # type: ignore[no-untyped-call]  # the package leaves it out
