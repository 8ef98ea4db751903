"""The portfolios on which every method is timed: the same loans for all of them.

One economy factor with one asset correlation everywhere, because that is what every peer can play.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import norm

RHO = 0.15
LGD = 0.45


@dataclass
class Portfolio:
    """Loans in pools of one segment and one PD; pool j has the loans starts[j] .. starts[j + 1]."""

    name: str
    pds: np.ndarray
    segments: np.ndarray
    starts: np.ndarray
    ead: np.ndarray

    @property
    def loans(self) -> int:
        return len(self.ead)

    @property
    def sizes(self) -> np.ndarray:
        return np.diff(self.starts)

    @property
    def pd_of_loan(self) -> np.ndarray:
        return np.repeat(self.pds, self.sizes)

    @property
    def loss(self) -> np.ndarray:
        """What a loan loses when it defaults."""
        return LGD * self.ead

    @property
    def expected_loss(self) -> float:
        return float(self.loss @ self.pd_of_loan)

    def conditional_pds(self, z: np.ndarray) -> np.ndarray:
        """PD of each pool (columns) given the economy of each scenario (rows)."""
        return norm.cdf((norm.ppf(self.pds)[None, :] - np.sqrt(RHO) * z[:, None]) / np.sqrt(1 - RHO))

    def write(self, folder: Path) -> tuple[Path, Path, Path]:
        """The tape and model for mc-gpu, and raw numbers for the plain loop."""
        folder.mkdir(parents=True, exist_ok=True)
        tape, model, raw = folder / "tape.parquet", folder / "model.toml", folder / "loans.bin"
        names = np.array([f"s{i:02}" for i in range(self.segments.max() + 1)])
        segment = pa.DictionaryArray.from_arrays(np.repeat(self.segments, self.sizes).astype(np.int32), names)
        pq.write_table(pa.table({"ead": self.ead, "pd": self.pd_of_loan, "segment": segment}), tape)
        # A band so narrow that every PD has a pool of its own: nothing is averaged for anybody.
        lines = ["[simulation]", "band_width = 0.001"]
        for name in names:
            lines += [f"[segments.{name}]", f"asset_correlation = {RHO}", f"lgd = {LGD}"]
        model.write_text("\n".join(lines) + "\n")
        np.column_stack([self.pd_of_loan, self.loss]).astype("<f8").tofile(raw)
        return tape, model, raw


def exposures(n: int) -> np.ndarray:
    """Lognormal amounts in whole cents, a hundred thousand at most, as retail loans have them."""
    amounts = np.random.default_rng(1).lognormal(8.5, 1.0, n)
    return np.round(np.minimum(amounts, 1e5), 2)


def one_segment(loans: int, pd: float) -> Portfolio:
    name = f"{loans / 1e6:g}M loans, one segment, PD {pd:.1%}"
    return Portfolio(name, np.array([pd]), np.array([0]), np.array([0, loans]), exposures(loans))


def graded(name: str, loans: int, segments: int, pds: np.ndarray) -> Portfolio:
    """Pools of one size, as many as PDs, in turn over the segments."""
    starts = np.linspace(0, loans, len(pds) + 1).astype(np.int64)
    return Portfolio(name, pds, np.arange(len(pds)) * segments // len(pds), starts, exposures(loans))


def all_portfolios(scale: float) -> list[Portfolio]:
    """What BENCHMARKS.md shows; `scale` below 1 shrinks the loans for a quick look."""
    million = int(1e6 * scale)
    # Evenly spaced in their logarithm, mean about 2.1 %.
    bands, distinct = np.geomspace(0.001, 0.1, 90), np.geomspace(0.001, 0.1, 1000)
    shown = f"{10 * scale:g}M loans, 20 segments × 90 PD bands"
    return [
        one_segment(million, 0.005),
        one_segment(million, 0.02),
        one_segment(million, 0.05),
        graded(shown, 10 * million, 20, np.tile(bands, 20)),
        graded(f"{100_000 * scale:,.0f} names, 1,000 PDs, 50 segments", million // 10, 50, distinct),
    ]
