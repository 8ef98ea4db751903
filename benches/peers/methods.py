"""The peers: each plays some scenarios of a portfolio and returns the loss of each.

Every method is written as a good user of its library would write it, with memory bounded by chunks of scenarios.
"""

import os

import numpy as np
from numba import njit, prange, set_num_threads
from portfolios import LGD, RHO, Portfolio
from scipy.special import ndtri

# Numbers that a chunk of a dense method holds at a time: large enough to amortise calls, small enough for memory.
CHUNK = 4_000_000


def chunks(scenarios: int, loans: int):
    size = max(1, CHUNK // loans)
    return [min(size, scenarios - first) for first in range(0, scenarios, size)]


class NumpyDense:
    """A normal for every loan and scenario, vectorised: what most people write."""

    name = "NumPy, dense"

    def __init__(self, portfolio: Portfolio):
        self.thresholds = ndtri(portfolio.pd_of_loan)
        self.loss = portfolio.loss

    def play(self, scenarios: int, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        losses = []
        for n in chunks(scenarios, len(self.loss)):
            z = rng.standard_normal(n)
            latent = np.sqrt(RHO) * z[:, None] + np.sqrt(1 - RHO) * rng.standard_normal((n, len(self.loss)))
            losses.append((latent < self.thresholds) @ self.loss)
        return np.concatenate(losses)


class NumpyExpert:
    """A binomial count per pool, then that many random positions; a loan drawn twice counts twice (an error)."""

    name = "NumPy, expert"
    # Defaults of a pool and scenario from which a call of its own is cheaper than building one long list.
    WORTH_A_CALL = 300

    def __init__(self, portfolio: Portfolio):
        self.portfolio = portfolio
        self.loss = portfolio.loss.astype(np.float32)
        self.sizes = portfolio.sizes

    def play(self, scenarios: int, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        mean = float(self.sizes @ self.portfolio.pds)
        few = mean / len(self.sizes) < self.WORTH_A_CALL
        step = max(1, int(CHUNK / mean)) if few else scenarios
        losses = []
        for first in range(0, scenarios, step):
            z = rng.standard_normal(min(step, scenarios - first))
            counts = rng.binomial(self.sizes, self.portfolio.conditional_pds(z))
            losses.append(self.listed(rng, counts) if few else self.pool_by_pool(rng, counts))
        return np.concatenate(losses)

    def pool_by_pool(self, rng, counts: np.ndarray) -> np.ndarray:
        losses = np.zeros(len(counts))
        for pool, (start, size) in enumerate(zip(self.portfolio.starts, self.sizes)):
            loss = self.loss[start : start + size]
            for scenario, count in enumerate(counts[:, pool]):
                # The fastest of seven ways that were tried; `loss[rng.integers(0, size, count)]` takes a sixth longer.
                losses[scenario] += loss.take((rng.random(count, dtype=np.float32) * size).astype(np.int32)).sum()
        return losses

    def listed(self, rng, counts: np.ndarray) -> np.ndarray:
        flat = counts.ravel()
        start = np.repeat(np.tile(self.portfolio.starts[:-1], len(counts)), flat)
        size = np.repeat(np.tile(self.sizes, len(counts)), flat)
        position = start + (rng.random(len(start), dtype=np.float32) * size).astype(np.int64)
        scenario = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
        return np.bincount(scenario, weights=self.loss[position], minlength=len(counts))


@njit(parallel=True)
def dense_loop(conditional, starts, loss, seeds):
    losses = np.zeros(len(conditional))
    for scenario in prange(len(conditional)):
        np.random.seed(seeds[scenario])
        total = 0.0
        for pool in range(len(starts) - 1):
            for loan in range(starts[pool], starts[pool + 1]):
                if np.random.random() < conditional[scenario, pool]:
                    total += loss[loan]
        losses[scenario] = total
    return losses


class NumbaDense:
    """A uniform for every loan and scenario against its pool's conditional PD, compiled by numba, on every core."""

    name = f"numba, dense, {os.cpu_count()} threads"

    def __init__(self, portfolio: Portfolio):
        set_num_threads(os.cpu_count())
        self.portfolio, self.loss = portfolio, portfolio.loss
        self.play(2, 0)  # compiles

    def play(self, scenarios: int, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        conditional = self.portfolio.conditional_pds(rng.standard_normal(scenarios))
        return dense_loop(conditional, self.portfolio.starts, self.loss, rng.integers(0, 2**31, scenarios))


class CreditRiskEngine:
    """creditriskengine's single-factor copula (it draws every loan, too)."""

    name = "creditriskengine"

    def __init__(self, portfolio: Portfolio):
        from creditriskengine.portfolio.copula import simulate_single_factor

        self.simulate = simulate_single_factor
        self.pds, self.ead = portfolio.pd_of_loan, portfolio.ead
        self.lgds = np.full(portfolio.loans, LGD)

    def play(self, scenarios: int, seed: int) -> np.ndarray:
        # Its antithetic pairs need an even number.
        sizes = [n + n % 2 for n in chunks(scenarios, len(self.ead))]
        return np.concatenate(
            [self.simulate(self.pds, self.lgds, self.ead, RHO, n, seed + i) for i, n in enumerate(sizes)]
        )


METHODS = [NumpyDense, NumpyExpert, NumbaDense, CreditRiskEngine]
