"""Saves a GGUF's model as vLLM reads it. Arguments: the file, the folder to make.

Its tokenizer puts a beginning-of-sequence token in front of texts, as Llama's do, so that a test sees who asks for one and who doesn't.
"""

import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

file, folder = sys.argv[1:]
where, name = os.path.split(file)
tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=name)
model = AutoModelForCausalLM.from_pretrained(where, gguf_file=name, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True))
draft = f"{folder}.draft"
model.save_pretrained(draft)
tokenizer.save_pretrained(draft)
path = os.path.join(draft, "tokenizer.json")
with open(path) as text:
    saved = json.load(text)
bos = tokenizer.bos_token
saved["post_processor"] = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": bos, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"SpecialToken": {"id": bos, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {bos: {"id": bos, "ids": [tokenizer.bos_token_id], "tokens": [bos]}},
}
with open(path, "w") as text:
    json.dump(saved, text)
os.rename(draft, folder)
print("beginning-of-sequence token:", bos)
