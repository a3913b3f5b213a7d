"""PyTorch's side of `benchmarks/run pytorch`: scores rows of token ids with the same checkpoint.

Needs PyTorch (1.13 or newer) and nothing else. A process that answers commands: one JSON object a
line on standard input, one a line on standard output, `{"error": ...}` where a command fails. What
keeps a batch fast is done as well as PyTorch without a compiler allows: rows sorted by length and
padded to the longest of their batch, the fastest of several batch sizes, projections of the same
input fused, PyTorch's own fused attention where it has it, the last layer for the class token only.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Callable, Sequence

try:
    import torch
    import torch.nn.functional as F
except ImportError as missing:
    reason = f"{sys.executable} cannot import torch ({missing}); name another Python with --python"
    print(json.dumps({"error": reason}))
    sys.exit(1)

Tensor = torch.Tensor

PRECISIONS = {"f32": torch.float32, "f16": torch.float16}
STORED = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
FUSED_ATTENTION = hasattr(F, "scaled_dot_product_attention")
GROUPED_ATTENTION = FUSED_ATTENTION and "enable_gqa" in (
    F.scaled_dot_product_attention.__doc__ or ""
)
FUSED_NORM = hasattr(F, "rms_norm")

BATCH_TOKENS = {"cpu": (2048, 8192, 32768), "cuda": (8192, 32768, 131072)}
COPY_BYTES = {"cpu": 1 << 28, "cuda": 1 << 30}
LARGEST_PRODUCT = {"cpu": 4096, "cuda": 16384}
SMALLEST_PRODUCT = 512
LEAST_TIMES = 3


def read_safetensors(file: Path) -> dict[str, Tensor]:
    """All tensors of a file: 8 bytes with the header's length, the header in JSON, the values."""
    data = bytearray(file.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        dtype = STORED[entry["dtype"]]
        count = (end - first) // torch.empty((), dtype=dtype).element_size()
        values = torch.frombuffer(data, dtype=dtype, count=count, offset=start + first)
        tensors[name] = values.reshape(entry["shape"])
    return tensors


class Llama:
    """A decoder of the Llama family with a classification head, and exit heads if it has any."""

    def __init__(self, directory: Path, dtype: torch.dtype, device: torch.device) -> None:
        config = json.loads((directory / "config.json").read_text())
        for key, wanted in (("model_type", "llama"), ("hidden_act", "silu")):
            if config[key] != wanted:
                raise ValueError(
                    f"{directory}: {key} is {config[key]!r}, but only {wanted!r} is known here"
                )
        for key in ("rope_scaling", "attention_bias", "mlp_bias"):
            if config.get(key):
                raise ValueError(f"{directory}: {key} is not known here")
        stored = read_safetensors(directory / "model.safetensors")

        def take(*names: str) -> Tensor:
            return torch.cat([stored[name] for name in names]).to(device, dtype)

        self.dtype = dtype
        self.heads: int = config["num_attention_heads"]
        self.kv_heads: int = config["num_key_value_heads"]
        self.head_dim: int = config.get("head_dim") or config["hidden_size"] // self.heads
        self.epsilon: float = config["rms_norm_eps"]
        self.embedding = take("model.embed_tokens.weight")
        self.norm = take("model.norm.weight")
        self.layers: list[dict[str, Tensor]] = []
        for number in range(config["num_hidden_layers"]):
            at = f"model.layers.{number}."
            attention = at + "self_attn."
            self.layers.append(
                {
                    "attention_norm": take(at + "input_layernorm.weight"),
                    "qkv": take(*(attention + f"{part}_proj.weight" for part in "qkv")),
                    "output": take(attention + "o_proj.weight"),
                    "mlp_norm": take(at + "post_attention_layernorm.weight"),
                    "gate_up": take(at + "mlp.gate_proj.weight", at + "mlp.up_proj.weight"),
                    "down": take(at + "mlp.down_proj.weight"),
                }
            )
        self.exits = self._exit_heads(directory, stored, dtype, device)
        positions = config["max_position_embeddings"]
        self.cos, self.sin = self._rotary_tables(config["rope_theta"], positions, dtype, device)

    def _exit_heads(
        self, directory: Path, stored: dict[str, Tensor], dtype: torch.dtype, device: torch.device
    ) -> dict[int, tuple[Tensor, Tensor | None]]:
        """Weight [labels, width] and bias [labels] by exit layer, counted from 1."""
        exits: dict[int, tuple[Tensor, Tensor | None]] = {}
        file = directory / "adept.safetensors"
        fitted = read_safetensors(file) if file.exists() else {}
        for layer in range(1, len(self.layers) + 1):
            if f"exit.{layer}.weight" in fitted:
                weight, bias = (
                    fitted[f"exit.{layer}.{part}"].to(device, dtype) for part in ("weight", "bias")
                )
                exits[layer] = (weight, bias)
        if "score.weight" in stored:
            exits[len(self.layers)] = (stored["score.weight"].to(device, dtype), None)
        return exits

    def _rotary_tables(
        self, theta: float, positions: int, dtype: torch.dtype, device: torch.device
    ) -> tuple[Tensor, Tensor]:
        """Cosines and sines [positions, head_dim], each frequency twice, as Hugging Face has it."""
        powers = torch.arange(0, self.head_dim, 2, dtype=torch.float64) / self.head_dim
        angles = torch.outer(torch.arange(positions, dtype=torch.float64), theta**-powers).repeat(
            1, 2
        )
        return angles.cos().to(device, dtype), angles.sin().to(device, dtype)

    def logits(self, ids: Tensor, last: Tensor, wanted: Sequence[int]) -> dict[int, Tensor]:
        """
        The exit heads' logits at the class token.

        ids: token ids [rows, tokens], padded at the end with any id
        last: position of each row's last token [rows]
        wanted: exit layers, counted from 1
        returns: [rows, labels] by exit layer
        """
        rows = torch.arange(len(last), device=last.device)
        states = F.embedding(ids, self.embedding)
        logits = {}
        for number, layer in enumerate(self.layers, 1):
            final = number == len(self.layers)
            states = self._layer(layer, states, rows, last if final else None)
            if number in wanted:
                state = states[:, 0] if final else states[rows, last]
                logits[number] = F.linear(self._normed(state, self.norm), *self.exits[number])
        return logits

    def _layer(
        self, layer: dict[str, Tensor], states: Tensor, rows: Tensor, last: Tensor | None
    ) -> Tensor:
        """
        A layer over all tokens or, where `last` is given, for the class tokens alone, keys and
        values of all tokens with them: [rows, 1, width].
        """
        tokens = states.shape[1]
        queries = self.heads * self.head_dim
        normed = self._normed(states, layer["attention_norm"])
        if last is None:
            q, kv = torch.tensor_split(F.linear(normed, layer["qkv"]), (queries,), dim=-1)
            cos, sin = self.cos[:tokens], self.sin[:tokens]
            mask = None
        else:
            kv = F.linear(normed, layer["qkv"][queries:])
            q = F.linear(normed[rows, last], layer["qkv"][:queries]).unsqueeze(1)
            states = states[rows, last].unsqueeze(1)
            cos, sin = self.cos[last][:, None, None], self.sin[last][:, None, None]
            mask = (torch.arange(tokens, device=last.device) <= last[:, None])[:, None, None]
        k, v = kv.chunk(2, dim=-1)
        q = _rotated(self._by_head(q, self.heads), cos, sin)
        k = _rotated(self._by_head(k, self.kv_heads), self.cos[:tokens], self.sin[:tokens])
        mixed = self._attention(q, k, self._by_head(v, self.kv_heads), mask)
        states = states + F.linear(mixed.transpose(1, 2).flatten(2), layer["output"])
        gate, up = F.linear(self._normed(states, layer["mlp_norm"]), layer["gate_up"]).chunk(
            2, dim=-1
        )
        return states + F.linear(F.silu(gate) * up, layer["down"])

    def _by_head(self, x: Tensor, heads: int) -> Tensor:
        """[rows, tokens, heads * head_dim] to [rows, heads, tokens, head_dim]."""
        return x.reshape(*x.shape[:2], heads, self.head_dim).transpose(1, 2)

    def _attention(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        """
        Causal attention, or that of queries which see what the mask says. Padding stands behind a
        row's tokens, so causal queries of the row do not see it.
        """
        group = self.heads // self.kv_heads
        # The kernels of single precision take no groups; with groups, PyTorch uses a slow one.
        grouped = group > 1 and GROUPED_ATTENTION and self.dtype == torch.float16
        if group > 1 and not grouped:
            k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
        if FUSED_ATTENTION:
            more = {"enable_gqa": True} if grouped else {}
            return F.scaled_dot_product_attention(
                q, k, v, attn_mask=mask, is_causal=mask is None, **more
            )
        if mask is None:
            tokens = q.shape[2]
            mask = torch.ones(tokens, tokens, dtype=torch.bool, device=q.device).tril()
        scores = (q @ k.transpose(-1, -2)) * self.head_dim**-0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        return F.softmax(scores, dim=-1, dtype=torch.float32).to(v.dtype) @ v

    def _normed(self, x: Tensor, gain: Tensor) -> Tensor:
        if FUSED_NORM:
            return F.rms_norm(x, gain.shape, gain, self.epsilon)
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.epsilon)).to(
            x.dtype
        ) * gain


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Batch:
    """Rows that are scored together: their numbers, token ids padded with 0, and last positions."""

    def __init__(self, numbers: list[int], rows: list[list[int]], pinned: bool) -> None:
        longest = max(len(row) for row in rows)
        self.numbers = numbers
        self.ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        self.last = torch.tensor([len(row) - 1 for row in rows])
        if pinned:
            self.ids, self.last = self.ids.pin_memory(), self.last.pin_memory()


def batches_of(rows: list[list[int]], most_tokens: int, pinned: bool) -> list[Batch]:
    """Batches of rows of like length, the longest first, padded to `most_tokens` at most."""
    order = sorted(range(len(rows)), key=lambda row: -len(rows[row]))
    batches = []
    first = 0
    while first < len(order):
        count = max(1, most_tokens // len(rows[order[first]]))
        numbers = order[first : first + count]
        batches.append(Batch(numbers, [rows[number] for number in numbers], pinned))
        first += count
    return batches


class Workload:
    """A model with its rows, ready to be timed."""

    def __init__(
        self, worker: Worker, model: Path, rows: list[list[int]], precision: str, tf32: bool
    ) -> None:
        self.worker = worker
        self.tf32 = tf32
        self.model = Llama(model, PRECISIONS[precision], worker.device)
        self.rows = rows
        self.batches: list[Batch] = []

    def choose_batches(self, most_tokens: int) -> int:
        """Batches of so many tokens or, where that is 0, of the number that is fastest here."""
        choices = (most_tokens,) if most_tokens else BATCH_TOKENS[self.worker.device.type]
        fastest, chosen, best = float("inf"), 0, self.batches
        for choice in choices:
            self.batches = batches_of(self.rows, choice, self.worker.device.type == "cuda")
            try:
                seconds = self.worker.least_seconds(self.scored, 0)
            except torch.cuda.OutOfMemoryError:
                torch.cuda.empty_cache()
                continue
            if seconds < fastest:
                fastest, chosen, best = seconds, choice, self.batches
        if not chosen:
            raise MemoryError(
                f"the device has too little memory for batches of {choices[0]} tokens"
            )
        self.batches = best
        return chosen

    def scored(self, wanted: Sequence[int] = ()) -> list[dict[int, Tensor]]:
        """Logits of all batches by exit layer, the last by default; in single precision."""
        torch.set_float32_matmul_precision("high" if self.tf32 else "highest")
        device = self.worker.device
        layers = wanted or (len(self.model.layers),)
        found = []
        with torch.inference_mode():
            for batch in self.batches:
                ids, last = (x.to(device, non_blocking=True) for x in (batch.ids, batch.last))
                found.append(self.model.logits(ids, last, layers))
            return [
                {layer: scores.float().cpu() for layer, scores in logits.items()}
                for logits in found
            ]

    def logits(self, exits: list[int] | None) -> list[list[float]]:
        """Each row's logits after its exit layer; the last one's where none are given."""
        layers = exits or [len(self.model.layers)] * len(self.rows)
        answers: list[list[float]] = [[] for _ in self.rows]
        for batch, scores in zip(self.batches, self.scored(sorted(set(layers)))):
            for place, number in enumerate(batch.numbers):
                answers[number] = scores[layers[number]][place].tolist()
        return answers


class Worker:
    """Answers the commands."""

    def __init__(self, device: str, threads: int) -> None:
        if device == "cuda" and not torch.cuda.is_available():
            raise ValueError(f"PyTorch {torch.__version__} finds no CUDA device")
        self.device = torch.device(device)
        torch.set_num_threads(threads)
        self.workloads: dict[str, Workload] = {}

    def facts(self) -> dict[str, Any]:
        name = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "CPU"
        attention = "scaled_dot_product_attention" if FUSED_ATTENTION else "explicit"
        return {"version": torch.__version__, "device": name, "attention": attention}

    def open(
        self, name: str, model: str, rows: str, precision: str, tf32: bool, batch_tokens: int
    ) -> dict[str, Any]:
        """Loads a model and rows: a JSON array of token ids a line."""
        ids = [json.loads(line) for line in Path(rows).read_text().splitlines()]
        workload = Workload(self, Path(model), ids, precision, tf32)
        chosen = workload.choose_batches(batch_tokens)
        self.workloads[name] = workload
        padded = sum(batch.ids.numel() for batch in workload.batches)
        return {"batch_tokens": chosen, "padding": padded / sum(map(len, ids)) - 1}

    def time(self, name: str, seconds: float) -> dict[str, Any]:
        """Mean seconds of a pass over all rows; passes are made until so many have gone by."""
        return {"seconds": self.seconds(self.workloads[name].scored, seconds)}

    def logits(self, name: str, exits: list[int] | None) -> dict[str, Any]:
        return {"logits": self.workloads[name].logits(exits)}

    def close(self, name: str) -> dict[str, Any]:
        del self.workloads[name]
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        return {}

    def roofs(self, seconds: float) -> dict[str, Any]:
        """
        FLOP/s of the fastest square matrix product of each number format, and bytes/s of a copy,
        read and written.
        """
        products = {"f32": self._product(torch.float32, False, seconds)}
        if self.device.type == "cuda":
            products["tf32"] = self._product(torch.float32, True, seconds)
        try:
            products["f16"] = self._product(torch.float16, False, seconds)
        except RuntimeError as unsupported:
            print(f"No roof of half precision: {unsupported}", file=sys.stderr)
        source = torch.ones(COPY_BYTES[self.device.type], dtype=torch.uint8, device=self.device)
        target = torch.empty_like(source)
        copy = self.least_seconds(lambda: target.copy_(source), seconds)
        return {"bytes_per_second": 2 * source.numel() / copy, "products": products}

    def _product(self, dtype: torch.dtype, tf32: bool, seconds: float) -> dict[str, float]:
        torch.set_float32_matmul_precision("high" if tf32 else "highest")
        best = {"size": 0.0, "flops_per_second": 0.0}
        size = SMALLEST_PRODUCT
        while size <= LARGEST_PRODUCT[self.device.type]:
            x = torch.ones(size, size, device=self.device).to(dtype)
            took = self.least_seconds(partial(torch.matmul, x, x), seconds)
            if 2 * size**3 / took > best["flops_per_second"]:
                best = {"size": size, "flops_per_second": 2 * size**3 / took}
            if took > seconds:
                break
            size *= 2
        return best

    def seconds(self, work: Callable[[], Any], least: float) -> float:
        """Mean seconds of some work, done at least once and until so many seconds have gone by."""
        self._synchronize()
        start = time.perf_counter()
        times = 0
        while times == 0 or time.perf_counter() - start < least:
            work()
            self._synchronize()
            times += 1
        return (time.perf_counter() - start) / times

    def least_seconds(self, work: Callable[[], Any], least: float) -> float:
        """Seconds of some work where it is fastest, done three times, or for so many seconds."""
        start = time.perf_counter()
        times: list[float] = []
        while len(times) < LEAST_TIMES or time.perf_counter() - start < least:
            times.append(self.seconds(work, 0))
        return min(times)

    def _synchronize(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()


def main() -> None:
    worker: Worker | None = None
    for line in sys.stdin:
        command = json.loads(line)
        name = command.pop("command")
        try:
            if name == "start":
                worker = Worker(**command)
                reply = worker.facts()
            else:
                reply = getattr(worker, name)(**command)
        except (RuntimeError, ValueError, KeyError, OSError, MemoryError) as failure:
            reply = {"error": f"{name}: {type(failure).__name__}: {failure}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
