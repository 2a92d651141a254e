/*
 * What limits measuring here, and what helps.
 *
 * Knows from which value on a setting spoils a figure; refuses to know what is measured. The one
 * surprising thing: each look is independent of the others and is repeated whenever one asks, so
 * the one that takes time, at other processes, stands last.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "lab/run/calls.h"
#include "lab/run/environment.h"
#include "lab/run/process.h"
#include "server/cpus.h"

/* Descriptors and threads: for any run at all, and for all workloads (10,000 idle clients). */
#define FILES_MIN     256
#define FILES_ALL     10500
#define THREADS_ALL   2048
#define PORTS_ALL     10000
#define MEMORY_MIN    (UINT64_C(512) << 20)
#define LOOK_MS       200
#define NOISE_PERCENT 10
#define STEAL_PERCENT 1

typedef bool look_fn(struct stator_diagnosis *out);

/* Returns: true. */
__attribute__((format(printf, 3, 4))) static bool ails(struct stator_diagnosis *out,
                                                       const char *fix, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(out->what, sizeof(out->what), format, values);
    va_end(values);
    snprintf(out->fix, sizeof(out->fix), "%s", fix);
    out->fatal = false;
    return true;
}

/* --- what everything needs ---------------------------------------------------------------------
 */

static bool look_at_proc(struct stator_diagnosis *out)
{
    if (access("/proc/self/exe", X_OK) == 0) {
        return false;
    }
    ails(out, "mount it: mount -t proc proc /proc", "/proc is not there, or hides this program");
    return out->fatal = true;
}

static bool look_at_loopback(struct stator_diagnosis *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool fine = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    int error = errno;

    stator_fd_close(&fd);
    if (fine) {
        return false;
    }
    ails(out, "bring it up: ip link set lo up", "127.0.0.1 cannot be listened on: %s",
         strerror(error));
    return out->fatal = true;
}

static bool look_at_files(struct stator_diagnosis *out)
{
    size_t limit = stator_fd_limit();

    if (limit >= FILES_ALL) {
        return false;
    }
    ails(out, "raise it in this shell: ulimit -n 20000",
         "%zu open files: workloads with more connections than that are left out", limit);
    out->fatal = limit < FILES_MIN;
    return true;
}

/* --- limits ------------------------------------------------------------------------------------
 */

static bool look_at_threads(struct stator_diagnosis *out)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur < THREADS_ALL &&
           ails(out, "raise it in this shell: ulimit -u 8192",
                "%ju processes and threads: designs with one for each client reach that first",
                (uintmax_t)limit.rlim_cur);
}

static bool look_at_ports(struct stator_diagnosis *out)
{
    char text[64], *second;
    long first, last;

    if (stator_process_file("/proc/sys/net/ipv4/ip_local_port_range", text, sizeof(text)) <= 0) {
        return false;
    }
    first = strtol(text, &second, 10);
    last = strtol(second, NULL, 10);
    return last - first < PORTS_ALL &&
           ails(out, "sysctl net.ipv4.ip_local_port_range='32768 60999'",
                "only %ld ports for clients: many short connections use them up", last - first + 1);
}

static bool look_at_memory(struct stator_diagnosis *out)
{
    char text[8192];
    uint64_t available;

    if (stator_process_file("/proc/meminfo", text, sizeof(text)) <= 0) {
        return false;
    }
    available = stator_process_value(text, "MemAvailable:");
    return available < MEMORY_MIN &&
           ails(out, "end other programs",
                "%" PRIu64 " MiB of memory are free: servers with many clients may not fit",
                available >> 20);
}

static bool look_at_swap(struct stator_diagnosis *out)
{
    char text[8192];
    uint64_t used;

    if (stator_process_file("/proc/meminfo", text, sizeof(text)) <= 0) {
        return false;
    }
    used = stator_process_value(text, "SwapTotal:") - stator_process_value(text, "SwapFree:");
    return used > 0 && ails(out, "take it back to memory: swapoff -a; swapon -a",
                            "%" PRIu64 " MiB are swapped out: reading them back takes time that is "
                            "measured",
                            used >> 20);
}

/* --- processors --------------------------------------------------------------------------------
 */

static bool look_at_processors(struct stator_diagnosis *out)
{
    struct stator_environment_cpus cpus;

    stator_environment_cpus(&cpus);
    return !cpus.disjoint &&
           ails(out, "use a machine, or a container, with at least two processors",
                "one processor: the client takes time from the server that it measures");
}

static bool look_at_quota(struct stator_diagnosis *out)
{
    unsigned quota = stator_cpus_quota(""), allowed = stator_cpus_allowed();

    return quota < allowed &&
           ails(out, "raise the container's CPU limit",
                "a quota of %u of %u processors: whoever has used it up is stopped for a while",
                quota, allowed);
}

static bool look_at_governor(struct stator_diagnosis *out)
{
    char text[64];

    if (stator_process_file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text,
                            sizeof(text)) <= 0) {
        return false;
    }
    text[strcspn(text, "\n")] = '\0';
    return strcmp(text, "performance") != 0 &&
           ails(out, "cpupower frequency-set -g performance",
                "the governor is %s: the clock follows the load, so a light one is served slower",
                text);
}

/* --- settings and programs ---------------------------------------------------------------------
 */

static bool look_at_congestion(struct stator_diagnosis *out)
{
    char text[64];

    return stator_process_file("/proc/sys/net/ipv4/tcp_congestion_control", text, sizeof(text)) >
               0 &&
           strncmp(text, "bbr", 3) == 0 &&
           ails(out, "sysctl net.ipv4.tcp_congestion_control=cubic",
                "congestion control is bbr, which paces: times over loopback wander");
}

static bool look_at_build(struct stator_diagnosis *out)
{
    const char *flaw = stator_environment_build_flaw();

    return flaw != NULL && ails(out, "build with -Dbuildtype=release and without sanitizers",
                                "%s: its figures are not for publication", flaw);
}

static bool is_on_path(const char *program)
{
    const char *path = getenv("PATH");
    char copy[4096], *rest = copy, *directory, file[4200];

    snprintf(copy, sizeof(copy), "%s", path != NULL ? path : "");
    while ((directory = strsep(&rest, ":")) != NULL) {
        snprintf(file, sizeof(file), "%s/%s", directory, program);
        if (access(file, X_OK) == 0) {
            return true;
        }
    }
    return false;
}

static bool look_at_gnuplot(struct stator_diagnosis *out)
{
    return !is_on_path("gnuplot") && ails(out, "apt-get install gnuplot-nox",
                                          "no gnuplot: the report has tables but no plots");
}

static bool look_at_calls(struct stator_diagnosis *out)
{
    int error = stator_calls_try();

    if (error == -ENOENT) {
        return ails(out, "mount -t tracefs tracefs /sys/kernel/tracing, and run as root",
                    "system calls cannot be counted: this kernel's trace events are not in sight");
    }
    return error < 0 && ails(out, "run as root, or sysctl kernel.perf_event_paranoid=-1",
                             "system calls cannot be counted: %s", strerror(-error));
}

/* --- neighbours --------------------------------------------------------------------------------
 */

struct use {
    uint64_t all, idle, steal;
};

static bool read_use(struct use *out)
{
    char text[512];
    uint64_t values[8];

    if (stator_process_file("/proc/stat", text, sizeof(text)) <= 0 ||
        sscanf(text,
               "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %" SCNu64,
               &values[0], &values[1], &values[2], &values[3], &values[4], &values[5], &values[6],
               &values[7]) != 8) {
        return false;
    }
    *out = (struct use){.idle = values[3] + values[4], .steal = values[7]};
    for (size_t i = 0; i < 8; i++) {
        out->all += values[i];
    }
    return true;
}

static bool look_at_neighbours(struct stator_diagnosis *out)
{
    struct timespec moment = {.tv_nsec = LOOK_MS * 1000000};
    struct use before, after;
    uint64_t all, idle, steal;

    if (!read_use(&before) || nanosleep(&moment, NULL) < 0 || !read_use(&after) ||
        after.all <= before.all) {
        return false;
    }
    all = after.all - before.all;
    idle = after.idle - before.idle;
    steal = after.steal - before.steal;
    if (steal * 100 > all * STEAL_PERCENT) {
        return ails(out, "measure when the machine's host is quiet",
                    "other virtual machines take %" PRIu64 " %% of the processors",
                    steal * 100 / all);
    }
    return (all - idle) * 100 > all * NOISE_PERCENT &&
           ails(out, "end other programs, or measure when they are idle",
                "other programs use %" PRIu64 " %% of the processors", (all - idle) * 100 / all);
}

/* --- all of them -------------------------------------------------------------------------------
 */

bool stator_environment_diagnose(unsigned index, struct stator_diagnosis *out)
{
    static look_fn *const looks[] = {
        look_at_proc,    look_at_loopback, look_at_files,      look_at_threads,
        look_at_ports,   look_at_memory,   look_at_swap,       look_at_processors,
        look_at_quota,   look_at_governor, look_at_congestion, look_at_build,
        look_at_gnuplot, look_at_calls,    look_at_neighbours,
    };
    struct stator_diagnosis diagnosis;
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        if (looks[i](&diagnosis) && found++ == index) {
            *out = diagnosis;
            return true;
        }
    }
    return false;
}
