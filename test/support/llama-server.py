"""A llama-server on a port that it prints, until its input ends. Arguments: the model's file, tokens of all sequences together, sequences, the key it wants (none if there is no such argument)."""

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
if len(sys.argv) > 4:
    params.api_keys = [sys.argv[4]]
server = xllamacpp.Server(params)
print(port, flush=True)
sys.stdin.read()
