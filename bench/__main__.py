"""`python -m bench` measures every figure; see run.py."""

import sys

from bench.run import main

sys.exit(main())
