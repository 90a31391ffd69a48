#!/bin/bash
# Starts what deploy/systemd and deploy/container hold on this machine, each by its own lines and as it would run later: as a
# user of its own, without rights, on a root that cannot be written to. The stand-ins of `koppeling sandbox` are both systems.
#
#   deploy/try.sh                                        # target/release/koppeling; the root of the container from Debian 12 and 13
#   deploy/try.sh path/to/koppeling bookworm             # another program, and one Debian
#   MIRROR=http://debian.voorbeeld.example/debian deploy/try.sh
#
# As root, on Linux. Nothing outside a folder of its own is changed, no port is taken, and nothing keeps running. What cannot be
# had on this machine is told in a line that begins with LEFT OUT. It ends with 0 where nothing failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
unit=$here/systemd/koppeling.service
containerfile=$here/container/Containerfile
# How exposed `systemd-analyze security` may find the unit, in tenths: below 2 it says OK.
most_exposed=20

ok() { printf 'ok        %s\n' "$*"; }
left_out() { printf 'LEFT OUT  %s\n' "$*"; }
fail() {
    printf 'FAILED    %s\n' "$*" >&2
    exit 1
}

# --- What both trials do -------------------------------------------------------------------------------------------------------

# A machine of its own for what follows: no mount, port or process of it is seen outside, and all of it ends with this.
apart() {
    unshare --mount --net --pid --ipc --uts --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" "$@"
}

loopback_up() {
    # Without iproute2 the kernel takes the flags of an interface as a file: up, and a loopback.
    ip link set lo up 2>/dev/null || { mount -t sysfs sysfs /sys && echo 0x9 >/sys/class/net/lo/flags; }
}

# The first line of the answer to a GET: port, path.
answer() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET %s HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n' "$2" >&3
        head -n 1 <&3 | tr -d '\r'
    ) 2>/dev/null
}

# Waits until the file has a line like that, and the process that writes it lives.
wait_for_line() {
    local file=$1 line=$2 process=$3
    for _ in $(seq 300); do
        grep -q -- "$line" "$file" 2>/dev/null && return
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    cat "$file" >&2 || true
    fail "no line with \"$line\" came"
}

# Asks the process that runs as a service, sees as whom it runs, ends it by a signal, and wants the exit code 0.
asked_and_ended() {
    local name=$1 process=$2 signal=$3 log=$4
    wait_for_line "$log" '"running' "$process"
    local place
    for place in "9185 /live" "9185 /ready" "8085 /health"; do
        # shellcheck disable=SC2086
        case $(answer $place) in
        "HTTP/1.1 200"*) ;;
        *)
            cat "$log" >&2
            fail "$name: no 200 at port $place"
            ;;
        esac
    done
    ok "$name: /live, /ready and /health answer with 200"
    local rights
    rights=$(awk '/^(Uid|CapEff|CapBnd|NoNewPrivs):/ { printf "%s %s ", $1, $2 }' "/proc/$process/status")
    case $rights in
    "Uid: 0 "*) fail "$name: it runs as root" ;;
    *"CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 ") ok "$name: it runs as nobody else, without rights: $rights" ;;
    *) fail "$name: it has rights: $rights" ;;
    esac
    kill -s "$signal" "$process"
    local code=0
    wait "$process" || code=$?
    [ "$code" = 0 ] || {
        cat "$log" >&2
        fail "$name: $signal ended it with $code"
    }
    ok "$name: $signal ends it with 0"
}

# Makes every mount read-only below that folder, save the places behind it and what the kernel shows.
read_only_but() {
    local below=$1 point
    shift
    while read -r _ _ _ _ point _; do
        case $point in "$below"*) ;; *) continue ;; esac
        case ${point#"${below%/}"} in /proc | /proc/* | /dev | /dev/* | /sys | /sys/*) continue ;; esac
        case " $* " in *" $point "*) continue ;; esac
        mount -o remount,bind,ro "$point" || fail "$point cannot be made read-only"
    done < <(cat /proc/self/mountinfo)
}

# --- The unit of systemd -------------------------------------------------------------------------------------------------------

unit_is_sound() {
    command -v systemd-analyze >/dev/null || {
        left_out "systemd-analyze is not here (Debian: the package systemd): the unit was not verified"
        return
    }
    local copy=$work/koppeling.service told
    sed "s|^ExecStart=/usr/local/bin/koppeling|ExecStart=$binary|" "$unit" >"$copy"
    told=$(systemd-analyze verify "$copy" 2>&1) || fail "systemd-analyze verify: $told"
    [ -z "$told" ] || fail "systemd-analyze verify: $told"
    ok "systemd-analyze verify finds nothing"
    told=$(systemd-analyze security --no-pager --offline=true --threshold="$most_exposed" "$copy" 2>&1) ||
        fail "systemd-analyze security: $told"
    ok "systemd-analyze security: $(tail -n 1 <<<"$told")"
}

# A line of the unit's section [Service].
of_unit() { sed -n "s/^$1=//p" "$unit" | tail -n 1; }

unit_runs() {
    if [ -d /run/systemd/system ]; then
        left_out "systemd runs here, and the unit is not started by it: install it as its first lines say, and see \`systemctl status koppeling\`"
    else
        left_out "no systemd runs here: the unit's filters of system calls, addresses and namespaces were not in force"
    fi
    apart --unit "$work" "$binary"
}

# Within `apart`.
unit_apart() {
    work=$1 binary=$2
    local service log=/tmp/log admin setup line
    loopback_up
    # A mount is made read-only only where nothing is open to be written: the stand-ins write here.
    mount --bind "$work" "$work"
    # Folders of this trial's own where the lines at the beginning of the unit write.
    mkdir -p "$work/bin" "$work/lib"
    cp -a /etc "$work/etc"
    mount --bind "$work/etc" /etc
    mount --bind "$work/bin" /usr/local/bin
    mount --bind "$work/lib" /var/lib

    "$binary" sandbox >"$work/office.toml" 2>"$work/sandbox.log" &
    wait_for_line "$work/sandbox.log" 'curl -X PUT' $!
    chmod 0711 "$work" && chmod 0644 "$work/office.toml"

    setup=$(sed -n 's/^#   //p' "$unit" | grep -v systemctl)
    id koppeling >/dev/null 2>&1 && setup=$(grep -v '^useradd' <<<"$setup")
    mkdir -p /etc/systemd/system
    while read -r line; do
        line=${line/target\/release\/koppeling/$binary}
        line=${line/office add/office add --from $work/office.toml}
        (cd "$here/.." && bash -c "$line" >"$work/setup.log" 2>&1 </dev/null) || {
            cat "$work/setup.log" >&2
            fail "the unit's own line: $line"
        }
    done <<<"$setup"
    ok "the unit's first lines set it up"
    admin="runuser -u koppeling -- /usr/local/bin/koppeling --data /var/lib/koppeling --key-file /etc/koppeling/koppeling.key"
    $admin sync >"$work/setup.log" 2>&1 || fail "the initial sync: $(cat "$work/setup.log")"

    # ProtectSystem=strict, ProtectHome, PrivateTmp, StateDirectory.
    mount --bind /var/lib/koppeling /var/lib/koppeling
    local place
    for place in /home /root /tmp /var/tmp; do mount -t tmpfs tmpfs "$place"; done
    read_only_but / /tmp /var/tmp /var/lib/koppeling "$work"

    service=$(of_unit ExecStart)
    (
        umask "$(of_unit UMask)"
        ulimit -n "$(of_unit LimitNOFILE)"
        # shellcheck disable=SC2086
        exec setpriv --reuid "$(of_unit User)" --regid "$(of_unit Group)" --clear-groups --no-new-privs --inh-caps=-all \
            --bounding-set=-all env -i PATH=/usr/bin:/bin $service
    ) 2>"$log" &
    asked_and_ended "unit" $! TERM "$log"
    $admin status >"$log" 2>&1 || fail "status after it: $(cat "$log")"
    ok "unit: koppeling status: $(head -n 1 "$log")"
}

# --- The container -------------------------------------------------------------------------------------------------------------

# The lines of the last stage.
stage() { sed -n '/^FROM docker.io\/library\/debian/,$p' "$containerfile"; }

# An instruction of it, of one line.
of_stage() { stage | sed -n "s/^$1 //p" | tail -n 1; }

# Its RUN, one command a line.
run_of_stage() { stage | sed -n '/^RUN /,/[^\\]$/p' | sed 's/^RUN //; s/\\$//' | tr '\n' ' ' | sed 's/ *&& */\n/g'; }

# An array of JSON as words.
words() { tr -d '[],"' <<<"$1"; }

container_runs() {
    left_out "an engine's own build (\`podman build\`) compiles everything anew: the first line of deploy/container/Containerfile does it"
    local suite packages make
    make=$(command -v mmdebstrap || command -v debootstrap) || {
        left_out "neither mmdebstrap nor debootstrap is here: nothing was started on a plain Debian"
        return
    }
    packages=$(run_of_stage | sed -n 's/^apt-get install --yes --no-install-recommends //p' | tr -s ' ' ',' | sed 's/,$//')
    for suite in "${suites[@]}"; do
        local root=$work/$suite
        case $make in
        *mmdebstrap) "$make" --quiet --variant=minbase --include="$packages" "$suite" "$root" "$mirror" >"$work/made" 2>&1 ;;
        *) "$make" --variant=minbase --include="$packages" "$suite" "$root" "$mirror" >"$work/made" 2>&1 ;;
        esac || fail "$suite cannot be laid out: $(tail -n 3 "$work/made")"
        apart --container "$work" "$binary" "$suite"
    done
}

# Within `apart`.
container_apart() {
    work=$1 binary=$2
    local suite=$3 root=$1/$3 user group service version log=$1/$3.log
    loopback_up
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    install -m 0755 "$binary" "$root/usr/local/bin/koppeling"
    version=$(chroot "$root" /usr/local/bin/koppeling --version 2>&1) || fail "$suite does not start it: $version"
    ok "$suite, with $(chroot "$root" dpkg-query -W -f '.' | wc -c) packages: $version"
    run_of_stage | grep -v '^apt-get\|^rm ' >"$work/steps"
    chroot "$root" sh -e <"$work/steps" || fail "$suite: the container's own steps"
    user=$(of_stage USER)
    group=$(chroot "$root" id -g "$user")

    # As `podman run --read-only --cap-drop all --security-opt no-new-privileges` has it; the state is a volume.
    local state=$root/var/lib/koppeling
    cp -a "$state" "$work/volume-$suite"
    mount --bind "$work/volume-$suite" "$state"
    read_only_but "$root" "$state"
    in_container() {
        # shellcheck disable=SC2046
        exec chroot "$root" /usr/bin/setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs --inh-caps=-all \
            --bounding-set=-all /usr/bin/env -i PATH=/usr/bin:/bin $(of_stage ENV) "$@"
    }
    service=$(words "$(of_stage ENTRYPOINT)")
    (in_container "$service" sandbox) >"$work/volume-$suite/office.toml" 2>"$work/sandbox.log" &
    wait_for_line "$work/sandbox.log" 'curl -X PUT' $!
    chmod 0644 "$work/volume-$suite/office.toml"
    (in_container "$service" office add --from /var/lib/koppeling/office.toml) >"$log" 2>&1 || fail "$suite: office add: $(cat "$log")"
    (in_container "$service" sync) >"$log" 2>&1 || fail "$suite: the initial sync: $(cat "$log")"
    # shellcheck disable=SC2046
    (in_container "$service" $(words "$(of_stage CMD)")) 2>"$log" &
    asked_and_ended "container on $suite" $! "$(of_stage STOPSIGNAL)" "$log"
    (in_container "$service" status) >"$log" 2>&1 || fail "$suite: status after it: $(cat "$log")"
    ok "container on $suite: koppeling status: $(head -n 1 "$log")"
}

# --- Which of them -------------------------------------------------------------------------------------------------------------

case ${1-} in
--unit)
    shift
    unit_apart "$@"
    exit
    ;;
--container)
    shift
    container_apart "$@"
    exit
    ;;
esac

binary=$(realpath "${1:-$here/../target/release/koppeling}")
suites=("${@:2}")
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)
mirror=${MIRROR:-http://deb.debian.org/debian}
[ -x "$binary" ] || fail "there is no program $binary: cargo build --release"
[ "$(id -u)" = 0 ] || fail "run it as root: it lays out a root, and starts what is not root there"
# Not below /tmp, which the unit has its own of.
work=$(mktemp --directory --tmpdir=/var/cache koppeling-try.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT

unit_is_sound
unit_runs
container_runs
ok "nothing failed"
