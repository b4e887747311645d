"""`python -m bot` is `studybot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
