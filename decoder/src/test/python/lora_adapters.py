"""Writes tiny bases, LoRA adapters of the Python package peft for them, and the logits that peft
computes, for the tests of adapters: FAMILY/base, FAMILY/ADAPTER and FAMILY/ADAPTER/logits.json.

    pip install peft==0.21.2 transformers==5.24.0 torch==2.15.0
    python lora_adapters.py ../resources/org/sparkadept/decoder/adapter
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import torch
from peft import LoraConfig, TaskType, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    GPT2Config,
    LlamaConfig,
    Qwen2Config,
)

VOCABULARY = 40
LABELS = 3
# Names beside the adapter that brings them; others have none.
NAMES = {0: "sports", 1: "world", 2: "trade"}

BASES = {
    "llama": LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        intermediate_size=20,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32,
        tie_word_embeddings=True,
        pad_token_id=0,
    ),
    "qwen2": Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=16,
        intermediate_size=20,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32,
        tie_word_embeddings=True,
        pad_token_id=0,
    ),
    "gpt2": GPT2Config(
        vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=4, n_positions=32, pad_token_id=0
    ),
}

ADAPTERS = {
    "llama": {
        "patterns": dict(
            r=4,
            lora_alpha=6,
            target_modules="q_proj k_proj v_proj o_proj up_proj down_proj embed_tokens".split(),
            exclude_modules=["layers.0.self_attn.o_proj"],
            rank_pattern={"q_proj": 2, "model.layers.1.mlp.down_proj": 3},
            alpha_pattern={"v_proj": 5, "layers.0.self_attn.q_proj": 7},
        ),
        "layer": dict(
            r=3,
            lora_alpha=12,
            use_rslora=True,
            target_modules=["gate_proj", "o_proj"],
            layers_to_transform=[1],
            layers_pattern="layers",
        ),
    },
    "qwen2": {
        "biases": dict(
            r=2,
            target_modules=r".*\.(q_proj|mlp\.down_proj)",
            bias="all",
            modules_to_save=["score", "norm", "embed_tokens"],
        ),
    },
    "gpt2": {
        "conv1d": dict(
            r=4,
            lora_alpha=9,
            target_modules=["c_attn", "c_proj", "c_fc", "wte"],
            fan_in_fan_out=True,
        ),
    },
}


def randomize(model: torch.nn.Module, std: float) -> None:
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=std)


def write(folder: Path, family: str, name: str, settings: dict) -> None:
    base = AutoModelForSequenceClassification.from_pretrained(
        folder / "base", num_labels=LABELS, attn_implementation="eager"
    )
    config = LoraConfig(task_type=TaskType.SEQ_CLS, **settings)
    model = get_peft_model(base, config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, mean=0.1, std=0.4)
    model.eval()
    model.peft_config["default"].base_model_name_or_path = f"example/tiny-{family}"
    target = folder / name
    model.save_pretrained(target)
    (target / "README.md").unlink()
    if name == "patterns":
        names = {"id2label": NAMES, "label2id": {v: k for k, v in NAMES.items()}}
        (target / "config.json").write_text(json.dumps(names))
    rows = [torch.randint(1, VOCABULARY, (length,)).tolist() for length in (1, 7, 19)]
    with torch.no_grad():
        logits = [model(torch.tensor([row])).logits[0].tolist() for row in rows]
    (target / "logits.json").write_text(json.dumps({"rows": rows, "logits": logits}))


def main() -> None:
    torch.manual_seed(20261130)
    out = Path(sys.argv[1])
    for family, config in BASES.items():
        folder = out / family
        shutil.rmtree(folder, ignore_errors=True)
        base = AutoModelForCausalLM.from_config(config)
        with torch.no_grad():
            randomize(base, 0.3)
        base.save_pretrained(folder / "base")
        (folder / "base" / "generation_config.json").unlink()
        for name, settings in ADAPTERS[family].items():
            write(folder, family, name, settings)


if __name__ == "__main__":
    main()
