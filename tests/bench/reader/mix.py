"""Mixes readers that began with the same weights into one, whose weights are the mean of theirs.

    python -m tests.bench.reader.mix OUT/reader.onnx --reader ONE.onnx 0.3 --reader OTHER.onnx 0.7

The readers are read back from the int8 files that were trained; the shares add up to 1. Prints the digest for
index/models/reader.py. Needs the extra `train`.
"""

import argparse
from pathlib import Path

from tests.bench.reader import weights
from tests.bench.reader.network import Reader
from tests.bench.reader.train import LAYERS


def mix(readers: list[tuple[Path, float]], out: Path) -> str:
    """Write the mean of the readers, each by its share, to `out`, and return its SHA-256."""
    states = [(weights.read_back(file), share) for file, share in readers]
    network = Reader(LAYERS)
    network.load_state_dict({name: sum(share * state[name] for state, share in states) for name in states[0][0]})
    return weights.export(network, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--reader", nargs=2, action="append", required=True, metavar=("FILE", "SHARE"))
    given = parser.parse_args()
    print("SHA-256", mix([(Path(file), float(share)) for file, share in given.reader], given.out))
