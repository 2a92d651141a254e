/*
 * What this machine is, as far as figures depend on it.
 *
 * Knows where a system says so; refuses to know what is good or bad (diagnosis.c). The one
 * surprising thing: whatever a system does not say is left out, so a report has no empty lines,
 * and no guesses.
 */
#include "lab/run/environment.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "lab/commit.h"
#include "lab/run/process.h"
#include "server/cpus.h"
#include "stator/stator.h"

#define VALUE_SIZE 400

struct telling {
    stator_environment_fact_fn *add_fact;
    void *context;
    bool ended;
};

static void add_fact(struct telling *telling, const char *name, const char *value)
{
    if (value[0] != '\0' && !telling->ended) {
        telling->ended = !telling->add_fact(name, value, telling->context);
    }
}

/* --- the machine ------------------------------------------------------------------------------ */

static void tell_system(struct telling *telling)
{
    struct utsname name;
    char value[VALUE_SIZE];

    if (uname(&name) == 0) {
        snprintf(value, sizeof(value), "%.100s %.100s %.60s", name.sysname, name.release,
                 name.machine);
        add_fact(telling, "kernel", value);
    }
}

/* What stands behind the colon of the first line that begins so; "" where there is none. */
static void find_line(const char *text, const char *name, char out[VALUE_SIZE])
{
    const char *line = strstr(text, name);
    const char *colon = line != NULL ? strchr(line, ':') : NULL;

    out[0] = '\0';
    if (colon != NULL) {
        colon += strspn(colon, ": \t");
        snprintf(out, VALUE_SIZE, "%.*s", (int)strcspn(colon, "\n"), colon);
    }
}

static void tell_processor(struct telling *telling)
{
    char text[4096], value[VALUE_SIZE];
    unsigned quota = stator_cpus_quota("");

    if (stator_process_file("/proc/cpuinfo", text, sizeof(text)) > 0) {
        find_line(text, "model name", value);
        add_fact(telling, "processor", value);
        add_fact(telling, "virtual machine", strstr(text, " hypervisor") != NULL ? "yes" : "");
    }
    snprintf(value, sizeof(value), "%u", stator_cpus_allowed());
    add_fact(telling, "processors", value);
    if (quota != STATOR_CPUS_UNBOUNDED) {
        snprintf(value, sizeof(value), "%u processors", quota);
        add_fact(telling, "quota", value);
    }
}

static void tell_memory(struct telling *telling)
{
    static const struct {
        const char *name, *key;
    } rows[] = {
        {"memory", "MemTotal:"}, {"memory available", "MemAvailable:"}, {"swap", "SwapTotal:"}};
    char text[8192], value[VALUE_SIZE];

    if (stator_process_file("/proc/meminfo", text, sizeof(text)) <= 0) {
        return;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(value, sizeof(value), "%" PRIu64 " MiB",
                 stator_process_value(text, rows[i].key) >> 20);
        add_fact(telling, rows[i].name, value);
    }
}

/* Those that cost something: "spectre_v2: Retpolines, ..." as far as the first comma. */
static void tell_mitigations(struct telling *telling)
{
    static const char *const names[] = {"gather_data_sampling",
                                        "itlb_multihit",
                                        "l1tf",
                                        "mds",
                                        "meltdown",
                                        "mmio_stale_data",
                                        "retbleed",
                                        "spec_rstack_overflow",
                                        "spec_store_bypass",
                                        "spectre_v1",
                                        "spectre_v2",
                                        "srbds",
                                        "tsa",
                                        "tsx_async_abort",
                                        "vmscape"};
    char path[120], text[200], value[VALUE_SIZE] = "";
    size_t length = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && length < sizeof(value); i++) {
        snprintf(path, sizeof(path), "/sys/devices/system/cpu/vulnerabilities/%s", names[i]);
        if (stator_process_file(path, text, sizeof(text)) > 0 &&
            strncmp(text, "Mitigation: ", 12) == 0) {
            length += (size_t)snprintf(value + length, sizeof(value) - length, "%s%s",
                                       length > 0 ? ", " : "", names[i]);
        }
    }
    add_fact(telling, "mitigations on", value);
}

/* --- its settings ------------------------------------------------------------------------------
 */

static void tell_files(struct telling *telling)
{
    static const struct {
        const char *name, *path;
    } rows[] = {
        {"governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"},
        {"SMT active", "/sys/devices/system/cpu/smt/active"},
        {"clock", "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
        {"load before", "/proc/loadavg"},
        {"congestion control", "/proc/sys/net/ipv4/tcp_congestion_control"},
        {"net.core.somaxconn", "/proc/sys/net/core/somaxconn"},
        {"ports", "/proc/sys/net/ipv4/ip_local_port_range"},
        {"net.ipv4.tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem"},
        {"net.ipv4.tcp_wmem", "/proc/sys/net/ipv4/tcp_wmem"},
        {"transparent huge pages", "/sys/kernel/mm/transparent_hugepage/enabled"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char value[VALUE_SIZE];

        if (stator_process_file(rows[i].path, value, sizeof(value)) > 0) {
            value[strcspn(value, "\n")] = '\0';
            for (char *tab = value; (tab = strchr(tab, '\t')) != NULL;) {
                *tab = ' ';
            }
            add_fact(telling, rows[i].name, value);
        }
    }
}

static void tell_limit(struct telling *telling, const char *name, int resource)
{
    struct rlimit limit;
    char value[VALUE_SIZE];

    if (getrlimit((__rlimit_resource_t)resource, &limit) == 0) {
        snprintf(value, sizeof(value), limit.rlim_cur == RLIM_INFINITY ? "unlimited" : "%ju",
                 (uintmax_t)limit.rlim_cur);
        add_fact(telling, name, value);
    }
}

/* --- the program -------------------------------------------------------------------------------
 */

#ifdef __OPTIMIZE__
#define OPTIMIZED true
#else
#define OPTIMIZED false
#endif

#ifdef NDEBUG
#define ASSERTS false
#else
#define ASSERTS true
#endif

const char *stator_environment_build_flaw(void)
{
    if (strcmp(STATOR_BUILD_SANITIZE, "none") != 0) {
        return "built with sanitizers";
    }
    if (!OPTIMIZED) {
        return "built without optimisation";
    }
    return ASSERTS ? "built with assertions" : NULL;
}

bool stator_environment_is_publishable(void)
{
    return stator_environment_build_flaw() == NULL;
}

/* The library's own words, a line each: "libevent 2.1.12 (built with 2.1.12)". */
static void tell_versions(struct telling *telling)
{
    char text[VALUE_SIZE], *rest = text, *line;

    stator_version_describe(text, sizeof(text));
    while ((line = strsep(&rest, "\n")) != NULL) {
        size_t name = strcspn(line, " :");
        const char *value = line + name + strspn(line + name, " :");

        if (strncmp(line, "system calls:", 13) == 0) {
            add_fact(telling, "system calls", line + 14);
        } else if (value[0] != '\0') {
            line[name] = '\0';
            add_fact(telling, line, value);
        }
    }
    add_fact(telling, "commit", STATOR_BUILD_COMMIT);
    add_fact(telling, "build", STATOR_BUILD_TYPE);
    add_fact(telling, "build flaw",
             stator_environment_is_publishable() ? "" : stator_environment_build_flaw());
    add_fact(telling, "compiler", __VERSION__);
    add_fact(telling, "libc", gnu_get_libc_version());
    add_fact(telling, "jansson", JANSSON_VERSION);
}

bool stator_environment_each(stator_environment_fact_fn *each, void *context)
{
    struct telling telling = {each, context, false};

    tell_system(&telling);
    tell_processor(&telling);
    tell_mitigations(&telling);
    tell_memory(&telling);
    tell_files(&telling);
    tell_limit(&telling, "open files", RLIMIT_NOFILE);
    tell_limit(&telling, "processes and threads", RLIMIT_NPROC);
    tell_versions(&telling);
    return !telling.ended;
}
