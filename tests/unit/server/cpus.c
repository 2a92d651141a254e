/* Processors by cgroup quota, on made-up trees of /proc and /sys, and on the real ones. */
#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/cpus.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NONE         STATOR_CPUS_UNBOUNDED
#define SELF         "/proc/self/cgroup"
#define V2           "/sys/fs/cgroup"
#define V1           "/sys/fs/cgroup/cpu"

struct file {
    const char *path, *text;
};

static void make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        cr_assert(mkdir(path, 0700) == 0 || errno == EEXIST, "%s", path);
        *slash = '/';
    }
}

static void write_file(const char *root, const struct file *file)
{
    char path[512];
    snprintf(path, sizeof(path), "%s%s", root, file->path);
    make_parents(path);
    FILE *stream = fopen(path, "w");
    cr_assert_not_null(stream, "%s", path);
    fputs(file->text, stream);
    cr_assert_eq(fclose(stream), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

Test(cpus, quota)
{
    static const struct {
        const char *label;
        struct file files[6];
        unsigned quota;
    } rows[] = {
        {"nothing there", {{NULL}}, NONE},
        {"no quota", {{SELF, "0::/\n"}, {V2 "/cpu.max", "max 100000\n"}}, NONE},
        {"exactly two", {{SELF, "0::/\n"}, {V2 "/cpu.max", "200000 100000\n"}}, 2},
        {"one and a bit", {{SELF, "0::/\n"}, {V2 "/cpu.max", "100001 100000\n"}}, 2},
        {"half a one", {{SELF, "0::/\n"}, {V2 "/cpu.max", "50000 100000\n"}}, 1},
        {"a thousandth", {{SELF, "0::/\n"}, {V2 "/cpu.max", "1000 1000000\n"}}, 1},
        {"in its own group", {{SELF, "0::/a/b\n"}, {V2 "/a/b/cpu.max", "300000 100000\n"}}, 3},
        {"above is tighter",
         {{SELF, "0::/a/b\n"},
          {V2 "/a/b/cpu.max", "400000 100000\n"},
          {V2 "/a/cpu.max", "150000 100000\n"},
          {V2 "/cpu.max", "max 100000\n"}},
         2},
        {"below is tighter",
         {{SELF, "0::/a/b\n"},
          {V2 "/a/b/cpu.max", "100000 100000\n"},
          {V2 "/a/cpu.max", "900000 100000\n"}},
         1},
        {"another group does not count",
         {{SELF, "0::/a\n"}, {V2 "/b/cpu.max", "100000 100000\n"}},
         NONE},
        {"the mount is the container's part",
         {{SELF, "0::/docker/0123\n"}, {V2 "/cpu.max", "250000 100000\n"}},
         3},
        {"a group outside the namespace",
         {{SELF, "0::/../other\n"}, {V2 "/cpu.max", "250000 100000\n"}},
         3},
        {"hybrid",
         {{SELF, "1:name=systemd:/\n0::/a\n"}, {V2 "/unified/a/cpu.max", "200000 100000\n"}},
         2},
        {"version 1",
         {{SELF, "5:memory:/m\n4:cpu,cpuacct:/a\n0::/\n"},
          {V1 "/a/cpu.cfs_quota_us", "350000\n"},
          {V1 "/a/cpu.cfs_period_us", "100000\n"},
          {V1 "/cpu.cfs_quota_us", "-1\n"},
          {V1 "/cpu.cfs_period_us", "100000\n"}},
         4},
        {"version 1 without a quota",
         {{SELF, "4:cpu:/\n"},
          {V1 "/cpu.cfs_quota_us", "-1\n"},
          {V1 "/cpu.cfs_period_us", "100000\n"}},
         NONE},
        {"version 1, joint mount",
         {{SELF, "4:cpuacct,cpu:/\n"},
          {V1 ",cpuacct/cpu.cfs_quota_us", "100000\n"},
          {V1 ",cpuacct/cpu.cfs_period_us", "50000\n"}},
         2},
        {"cpuset and cpuacct are not cpu",
         {{SELF, "4:cpuset:/\n3:cpuacct:/\n"},
          {V1 "/cpu.cfs_quota_us", "100000\n"},
          {V1 "/cpu.cfs_period_us", "100000\n"}},
         NONE},
        {"version 1 without its period",
         {{SELF, "4:cpu:/\n"}, {V1 "/cpu.cfs_quota_us", "100000\n"}},
         NONE},
        {"a period of nothing", {{SELF, "0::/\n"}, {V2 "/cpu.max", "100000 0\n"}}, NONE},
        {"a quota of nothing", {{SELF, "0::/\n"}, {V2 "/cpu.max", "0 100000\n"}}, NONE},
        {"rubbish in cpu.max", {{SELF, "0::/\n"}, {V2 "/cpu.max", "many\n"}}, NONE},
        {"an empty cpu.max", {{SELF, "0::/\n"}, {V2 "/cpu.max", ""}}, NONE},
        {"rubbish lines", {{SELF, "\n0\n0:\n::\n"}, {V2 "/cpu.max", "100000 100000\n"}}, 1},
        {"lines without a group", {{SELF, "\n0\n0:\n"}, {V2 "/cpu.max", "100000 100000\n"}}, NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char root[] = "/tmp/stator-cpus-XXXXXX";
        cr_assert_not_null(mkdtemp(root));
        for (size_t j = 0; j < COUNT(rows[i].files) && rows[i].files[j].path != NULL; j++) {
            write_file(root, &rows[i].files[j]);
        }
        unsigned quota = stator_cpus_quota(root);
        cr_expect_eq(quota, rows[i].quota, "%s: %u", rows[i].label, quota);
        cr_expect_eq(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    }
}

Test(cpus, a_group_that_is_too_deep_is_passed_over)
{
    char root[] = "/tmp/stator-cpus-XXXXXX", line[8000];
    cr_assert_not_null(mkdtemp(root));
    memset(line, 'a', sizeof(line) - 1);
    memcpy(line, "0::/", 4);
    line[sizeof(line) - 1] = '\0';
    write_file(root, &(struct file){SELF, line});
    write_file(root, &(struct file){V2 "/cpu.max", "100000 100000\n"});
    cr_expect_eq(stator_cpus_quota(root), NONE);
    cr_expect_eq(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* Where there is no affinity mask to ask, all that are online count. */
Test(cpus, affinity_bounds_what_is_available)
{
    cpu_set_t mask;
    CPU_ZERO(&mask);
    CPU_SET((size_t)sched_getcpu(), &mask);
    cr_assert_eq(sched_setaffinity(0, sizeof(mask), &mask), 0);
    unsigned allowed = stator_cpus_allowed();
    cr_expect(allowed == 1 || allowed == (unsigned)sysconf(_SC_NPROCESSORS_ONLN), "%u", allowed);
    cr_expect_geq(stator_cpus_available(), 1u);
    cr_expect_leq(stator_cpus_available(), allowed);
}
