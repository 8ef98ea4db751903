"""The peers on a GPU, in PyTorch: what people write, and what an expert writes. They run on a CPU, too, for tests."""

import numpy as np
import torch
from portfolios import RHO, Portfolio
from scipy.special import ndtri

ON = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# Numbers that a chunk holds at a time: 1 GiB of floats on a card.
CHUNK = 1 << 28 if ON.type == "cuda" else 1 << 22


def wait():
    """Kernels are queued: a clock must wait for them."""
    if ON.type == "cuda":
        torch.cuda.synchronize()


def tensor(numbers, kind=torch.float32):
    return torch.as_tensor(np.asarray(numbers), dtype=kind, device=ON)


class TorchDense:
    """A normal for every loan and scenario."""

    name = f"PyTorch, dense, {ON.type}"

    def __init__(self, portfolio: Portfolio):
        self.thresholds, self.loss = tensor(ndtri(portfolio.pd_of_loan)), tensor(portfolio.loss)

    def play(self, scenarios: int, seed: int) -> np.ndarray:
        torch.manual_seed(seed)
        losses = torch.empty(scenarios, device=ON)
        step = max(1, CHUNK // len(self.loss))
        for first in range(0, scenarios, step):
            n = min(step, scenarios - first)
            shared = RHO**0.5 * torch.randn(n, 1, device=ON)
            latent = torch.randn(n, len(self.loss), device=ON).mul_((1 - RHO) ** 0.5).add_(shared)
            losses[first : first + n] = (latent < self.thresholds).to(torch.float32) @ self.loss
        wait()
        return losses.cpu().numpy()


class TorchExpert:
    """A binomial count per pool, then that many random positions; a loan drawn twice counts twice (an error)."""

    name = f"PyTorch, expert, {ON.type}"

    def __init__(self, portfolio: Portfolio):
        self.loss = tensor(portfolio.loss)
        self.starts, self.sizes = tensor(portfolio.starts[:-1], torch.int64), tensor(portfolio.sizes)
        self.thresholds = tensor(ndtri(portfolio.pds))
        self.mean = float(portfolio.sizes @ portfolio.pds)

    def play(self, scenarios: int, seed: int) -> np.ndarray:
        torch.manual_seed(seed)
        losses = torch.zeros(scenarios, device=ON)
        # Eight numbers or so are held per hit.
        step = max(1, int(CHUNK / 8 / max(self.mean, len(self.starts))))
        for first in range(0, scenarios, step):
            n = min(step, scenarios - first)
            z = torch.randn(n, 1, device=ON)
            conditional = torch.special.ndtr((self.thresholds - RHO**0.5 * z) / (1 - RHO) ** 0.5)
            counts = torch.binomial(self.sizes.expand(n, -1), conditional).to(torch.int64)
            flat = counts.flatten()
            start = self.starts.repeat(n).repeat_interleave(flat)
            size = self.sizes.repeat(n).repeat_interleave(flat)
            scenario = torch.arange(n, device=ON).repeat_interleave(counts.sum(1))
            position = start + (torch.rand(len(start), device=ON) * size).to(torch.int64)
            # A product may round up to the size itself.
            position.clamp_(max=len(self.loss) - 1)
            losses[first : first + n].index_add_(0, scenario, self.loss[position])
        wait()
        return losses.cpu().numpy()


METHODS = [TorchDense, TorchExpert]
