"""`python -m bot` is `studybot`."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line. From the first moment on SIGTERM ends it, also as the first process of a container, which
    gets only the signals that it asks for."""
    signal.signal(signal.SIGTERM, _stop)
    from bot.cli import main as run

    run()


def _stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
