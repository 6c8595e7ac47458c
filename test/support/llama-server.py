"""A llama-server on a port that it prints, until its input ends. Arguments: the model's file, tokens of all sequences together, sequences, the key it wants and the projector with which it sees (each "" for none)."""

import socket
import sys

import xllamacpp

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = port
params.n_ctx = int(sys.argv[2])
params.n_parallel = int(sys.argv[3])
params.cpuparams.n_threads = 1
if sys.argv[4]:
    params.api_keys = [sys.argv[4]]
if sys.argv[5]:
    params.mmproj.path = sys.argv[5]
server = xllamacpp.Server(params)
print(port, flush=True)
sys.stdin.read()
