import sys

from community.launch.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
