#!/usr/bin/env bash
# One node of Slurm on this machine, and MPI jobs on it: srun with PMIx and PMI-2, and batch scripts, that of docs/mpi.md too.
# Needs root and Debian's slurm-wlm, munge, libpmix-dev (Slurm looks for libpmix.so). All of it (munge's socket and key, Slurm's state) is in one temporary folder.
#
# Where the daemons can't be started a line says so, and the exit code is 0; where they run, a failure is a failure.
# Under CI the programs must be installed.
set -uo pipefail
cd "$(dirname "$0")/../.."
skip() { # WHY
  echo "skipped: the Slurm tests: $1" >&2
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'they need root'
for program in slurmctld slurmd munged srun sbatch scontrol sinfo mpirun.openmpi mpirun.mpich; do
  command -v "$program" >/dev/null && continue
  [ "${CI:-}" = true ] && echo "the Slurm tests need $program, which is not installed" >&2 && exit 1
  skip "$program is not installed"
done

work=$(mktemp -d)
# Inside the project, so that the examples find the package by its name.
examples=$(mktemp -d "$PWD/.docs-test-XXXXXX")
chmod 755 "$work"
end() {
  for daemon in slurmd slurmctld munged; do
    pid=$(cat "$work/$daemon.pid" 2>/dev/null) && kill "$pid" && tail --pid="$pid" -f /dev/null
  done
  rm -rf "$work" "$examples"
} 2>/dev/null
trap end EXIT

mkdir -p "$work/state" "$work/spool"
node=$(hostname -s)
export SLURM_CONF="$work/slurm.conf"
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthInfo=socket=$work/munge.socket
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
MessageTimeout=60
NodeName=$node NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
head -c 1024 /dev/urandom >"$work/munge.key"
chmod 600 "$work/munge.key"
munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
  --log-file="$work/munged.log" --seed-file="$work/munged.seed" 2>/dev/null || skip 'munged does not start here'
slurmctld >/dev/null 2>&1 || skip 'slurmctld does not start here'
slurmd >/dev/null 2>&1 || skip 'slurmd does not start here'
ready=''
for _ in $(seq 100); do
  scontrol update "nodename=$node" state=resume 2>/dev/null
  if sinfo -h -o %t 2>/dev/null | grep -qx idle; then ready=1 && break; fi
  sleep 0.3
done
[ -n "$ready" ] || skip "the node does not come up: $(tail -1 "$work/slurmd.log") $(tail -1 "$work/slurmctld.log")"

export WFL_MPIPOOL=1
job=(node test/fixtures/mpi/job.mjs {} {} 3)
failed=0
check() { # NAME OUTPUT TEXT: TEXT must be in OUTPUT
  if grep -qF -- "$3" <<<"$2"; then echo "ok: $1"; else echo "failed: $1: $2"; failed=1; fi
}
# All of the other ranks computed, each with one initializer.
everyone='"processes":3,"initialised":{"1":1,"2":1,"3":1}'
check 'srun --mpi=pmix' "$(timeout 120 srun --mpi=pmix -n 4 "${job[@]}" 2>&1)" "$everyone"
check 'srun --mpi=pmi2' "$(timeout 120 srun --mpi=pmi2 -n 4 "${job[@]}" 2>&1)" "$everyone"
for launcher in 'mpirun.openmpi --allow-run-as-root' mpirun.mpich; do
  printf '#!/bin/bash\n#SBATCH -n 4\n%s -np 4 %s\n' "$launcher" "${job[*]}" >"$work/job.sh"
  timeout 180 sbatch --wait -o "$work/out.txt" "$work/job.sh" >/dev/null
  check "sbatch, $launcher" "$(cat "$work/out.txt")" "$everyone"
done

# The scripts of docs/mpi.md, on one node.
block() { # NAME: the fenced block with the line `file: NAME`
  awk -v name="$1" '/^```/ { if (hit) printf "%s", text; hit = 0; text = ""; next }
    { text = text $0 "\n" } $2 == "file:" && $3 == name { hit = 1 }' docs/mpi.md >"$examples/$1"
}
mkdir "$work/bin"
printf '#!/bin/sh\nexec mpirun.openmpi --allow-run-as-root "$@"\n' >"$work/bin/mpirun"
chmod +x "$work/bin/mpirun"
block energies.mjs
for script in mpirun-job.sh srun-job.sh; do
  block "$script"
  (cd "$examples" && PATH="$work/bin:$PATH" timeout 180 sbatch --nodes=1 --ntasks-per-node=4 --wait -o "$work/out.txt" "$script") >/dev/null
  check "docs/mpi.md, $script" "$(cat "$work/out.txt")" '240 configurations'
  rm -f "$examples/energies.xyz"
done

# Tasks that know nothing of each other must not each run the whole script.
alone=$(timeout 60 srun --mpi=none -n 3 "${job[@]}" 2>&1; echo "exit code $?")
if grep -q '"processes"\|exit code \(0\|124\)$' <<<"$alone"; then echo "failed: srun --mpi=none: $alone"; failed=1
else echo 'ok: srun --mpi=none is an error'; fi
exit $failed
