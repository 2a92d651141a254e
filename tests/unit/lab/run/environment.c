/* What a machine says of itself, and which processors it gives away. */
#include "lab/run/environment.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

struct facts {
    unsigned count, max;
    char kernel[400];
    bool has_build, has_compiler;
};

static bool note(const char *name, const char *value, void *context)
{
    struct facts *facts = context;

    cr_expect_gt(strlen(name), 0);
    cr_expect_gt(strlen(value), 0, "%s is empty", name);
    cr_expect_null(strchr(value, '\n'), "%s: %s", name, value);
    if (strcmp(name, "kernel") == 0) {
        snprintf(facts->kernel, sizeof(facts->kernel), "%s", value);
    }
    facts->has_build = facts->has_build || strcmp(name, "build") == 0;
    facts->has_compiler = facts->has_compiler || strcmp(name, "compiler") == 0;
    return ++facts->count < facts->max;
}

Test(environment, tells_facts_of_one_line)
{
    struct facts facts = {.max = 1000};
    struct utsname name;

    cr_expect(stator_environment_each(note, &facts));
    uname(&name);
    cr_expect_not_null(strstr(facts.kernel, name.release));
    cr_expect(facts.has_build);
    cr_expect(facts.has_compiler);
}

Test(environment, stops_telling_when_it_is_told_to)
{
    struct facts facts = {.max = 2};

    cr_expect_not(stator_environment_each(note, &facts));
    cr_expect_eq(facts.count, 2);
}

Test(environment, client_and_server_share_no_processor_where_there_are_two)
{
    struct stator_environment_cpus cpus;
    cpu_set_t all, both, one;

    cr_assert_eq(sched_getaffinity(0, sizeof(all), &all), 0);
    stator_environment_cpus(&cpus);
    CPU_AND(&both, &cpus.server, &cpus.client);
    cr_expect_eq(cpus.disjoint, CPU_COUNT(&all) > 1);
    cr_expect_eq(CPU_COUNT(&both), cpus.disjoint ? 0 : 1);
    cr_expect_geq(cpus.server_count, 1);
    cr_expect_eq(cpus.client_count, 1);
    cr_expect_eq((int)cpus.server_count, CPU_COUNT(&cpus.server));

    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &all)) {
            CPU_SET(i, &one);
        }
    }
    cr_assert_eq(sched_setaffinity(0, sizeof(one), &one), 0);
    stator_environment_cpus(&cpus);
    cr_expect_not(cpus.disjoint);
    cr_expect(CPU_EQUAL(&cpus.server, &one));
    cr_expect(CPU_EQUAL(&cpus.client, &one));
}

static bool has_diagnosis(const char *words, bool fatal)
{
    struct stator_diagnosis diagnosis;
    bool found = false;

    for (unsigned i = 0; i < 100 && stator_environment_diagnose(i, &diagnosis); i++) {
        cr_expect_gt(strlen(diagnosis.what), 0);
        cr_expect_gt(strlen(diagnosis.fix), 0);
        found = found || (strstr(diagnosis.what, words) != NULL && diagnosis.fatal == fatal);
    }
    return found;
}

Test(environment, knows_what_too_few_descriptors_mean, .timeout = 60)
{
    struct rlimit limit;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 1000;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect(has_diagnosis("1000 open files", false));
    limit.rlim_cur = 100;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect(has_diagnosis("100 open files", true));
}

Test(environment, says_why_a_build_is_not_for_publication, .timeout = 60)
{
    const char *flaw = stator_environment_build_flaw();

    cr_expect_eq(stator_environment_is_publishable(), flaw == NULL);
    cr_expect_eq(has_diagnosis("not for publication", false), flaw != NULL);
}
