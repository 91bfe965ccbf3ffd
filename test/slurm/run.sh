#!/usr/bin/env bash
# One node of Slurm on this machine, and MPI jobs on it: srun with PMIx and PMI-2, and a batch script. Needs root and Debian's
# slurm-wlm, munge, libpmix-dev (Slurm looks for libpmix.so).
# Ends with 0 and a line where they are missing, unless CI is true.
set -uo pipefail
cd "$(dirname "$0")/../.."
missing=''
[ "$(id -u)" = 0 ] || missing='root'
for program in slurmctld slurmd munged srun sbatch; do command -v "$program" >/dev/null || missing="$program"; done
if [ -n "$missing" ]; then
  echo "skipped: Slurm tests need $missing" >&2
  [ "${CI:-}" = true ] && exit 1 || exit 0
fi

node=$(hostname -s)
work=$(mktemp -d)
export SLURM_CONF="$work/slurm.conf"
mkdir -p "$work/state" "$work/spool"
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
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
NodeName=$node NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
end() {
  for daemon in slurmd slurmctld; do [ -f "$work/$daemon.pid" ] && kill "$(cat "$work/$daemon.pid")"; done
  rm -rf "$work"
}
trap end EXIT
mkdir -p /run/munge && chown munge: /run/munge
if ! munge -n </dev/null >/dev/null 2>&1; then
  su -s /bin/sh munge -c munged
fi
slurmctld && slurmd || { echo 'the daemons of Slurm did not start' >&2; exit 1; }
for _ in $(seq 50); do
  scontrol update "nodename=$node" state=resume 2>/dev/null
  sinfo -h -o %t 2>/dev/null | grep -q idle && break
  sleep 0.2
done

export WFL_MPIPOOL=1
job=(node test/fixtures/mpi/job.mjs)
failed=0
check() { # NAME OUTPUT: all other ranks computed
  if grep -q '"processes":3' <<<"$2"; then echo "ok: $1"; else echo "failed: $1: $2"; failed=1; fi
}
check 'srun --mpi=pmix' "$(timeout 60 srun --mpi=pmix -n 4 "${job[@]}" 2>&1)"
check 'srun --mpi=pmi2' "$(timeout 60 srun --mpi=pmi2 -n 4 "${job[@]}" 2>&1)"
for launcher in 'mpirun.openmpi --allow-run-as-root' mpirun.mpich; do
  printf '#!/bin/bash\n#SBATCH -n 4\n%s -np 4 %s\n' "$launcher" "${job[*]}" >"$work/job.sh"
  timeout 90 sbatch --wait -o "$work/out.txt" "$work/job.sh" >/dev/null
  check "sbatch, $launcher" "$(cat "$work/out.txt")"
done
exit $failed
