/* How prefork and event-prefork assign connections, and what fork does at its bound. */
#include "arch/architectures/registry.h"
#include "unit/arch/process_fixture.h"

/* What was passed to a child that died before it took it goes to another. */
Test(prefork, nothing_passed_is_lost, .timeout = 60)
{
    const struct process_fixture process_fixture = {"prefork", "assign=pass", false};
    struct arch_fixture arch_fixture;
    pid_t children[PROCESS_FIXTURE_MAX];
    char got[4096];
    int fds[2];

    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, &process_fixture, 2, 10000);
    await_children(2, NULL, 0, children);
    cr_expect(ask(&arch_fixture)); /* the parent knows of an idle one */
    kill(children[0], SIGSTOP);
    kill(children[1], SIGSTOP);
    for (int i = 0; i < 2; i++) {
        fds[i] = connect_to(&arch_fixture);
        cr_expect(send_text(fds[i], get));
    }
    usleep(100000); /* the parent has passed at least one of them */
    kill(children[0], SIGKILL);
    kill(children[1], SIGKILL);
    for (int i = 0; i < 2; i++) {
        cr_expect_gt(receive(fds[i], "0123456789", got, sizeof(got)), 0, "client %d", i);
        close(fds[i]);
    }
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* A stop that comes while a connection is on its way does not lose it either. */
Test(prefork, a_stop_waits_for_what_is_on_its_way, .timeout = 60)
{
    const struct process_fixture process_fixture = {"prefork", "assign=pass", false};
    struct arch_fixture arch_fixture;
    pid_t children[PROCESS_FIXTURE_MAX];
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, &process_fixture, 2, 10000);
    await_children(2, NULL, 0, children);
    cr_expect(ask(&arch_fixture));
    kill(children[0], SIGSTOP);
    kill(children[1], SIGSTOP);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    usleep(100000);
    stator_arch_stop(arch_fixture.arch);
    usleep(100000);
    kill(children[0], SIGCONT);
    kill(children[1], SIGCONT);
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    cr_expect_not_null(strstr(got, "Connection: close"), "%s", got);
    close(fd);
    arch_fixture_close(&arch_fixture);
}

/* Under mutex one process wakes for a connection, and its death lets the next one in. */
Test(prefork, the_lock_survives_its_holder, .timeout = 60)
{
    const struct process_fixture process_fixture = {"prefork", "assign=mutex", false};
    struct arch_fixture arch_fixture;
    pid_t before[PROCESS_FIXTURE_MAX], after[PROCESS_FIXTURE_MAX];

    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, &process_fixture, 4, 10000);
    await_children(4, NULL, 0, before);
    for (int i = 0; i < 10; i++) {
        cr_expect(ask(&arch_fixture));
    }
    /* Who holds the lock may wait for its log lines' time, once each quarter of a second. */
    cr_expect_leq(SUM_OF(&arch_fixture, idle_wakes), 2, "the others wake for nothing");
    for (int i = 0; i < 4; i++) {
        kill(before[i], SIGKILL); /* one of them holds it */
    }
    await_children(4, before, 4, after);
    cr_expect(ask(&arch_fixture));
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* As many clients at a time as processes, each of which has one. */
Test(prefork, each_process_has_one_client, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;
        char got[4096];
        int fds[4];

        if (strcmp(process_fixture->name, "prefork") != 0 || process_fixture->linux_only) {
            continue; /* the kernel may choose a busy one's socket */
        }
        arch_fixture_open(&arch_fixture);
        process_fixture_run(&arch_fixture, process_fixture, 4, 10000);
        for (int k = 0; k < 4; k++) {
            fds[k] = connect_to(&arch_fixture);
            cr_expect(send_text(fds[k], get));
            cr_expect_gt(receive(fds[k], "0123456789", got, sizeof(got)), 0, "%s",
                         process_fixture->options);
        }
        for (size_t k = 0; k < 4; k++) {
            cr_expect_eq(stator_counter_read(&arch_fixture.workers[k]->counters->accepted), 1, "%s",
                         process_fixture->options);
        }
        for (int k = 0; k < 4; k++) {
            close(fds[k]);
        }
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

/* A single process does not keep others waiting for a client that asks nothing. */
Test(prefork, a_single_process_lets_its_idle_client_go, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;
        char got[4096];
        int fd;

        if (strcmp(process_fixture->name, "prefork") != 0 ||
            !process_fixture_exists(process_fixture)) {
            continue;
        }
        arch_fixture_open(&arch_fixture);
        process_fixture_run(&arch_fixture, process_fixture, 1, 10000);
        fd = connect_to(&arch_fixture);
        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0, "%s",
                     process_fixture->options);
        cr_expect(ask(&arch_fixture), "%s", process_fixture->options);
        cr_expect_eq(receive(fd, NULL, got, sizeof(got)), 0, "%s", process_fixture->options);
        close(fd);
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

/* Every process has a queue of its own, and the kernel fills them all. */
Test(prefork, reuseport_gives_everybody_some, .timeout = 60)
{
    enum { CLIENTS = 64 };

    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;

        if (!process_fixture->linux_only || !process_fixture_exists(process_fixture)) {
            continue;
        }
        arch_fixture_open(&arch_fixture);
        process_fixture_run(&arch_fixture, process_fixture, 2, 10000);
        for (int k = 0; k < CLIENTS; k++) {
            cr_expect(ask(&arch_fixture), "%s", process_fixture->name);
        }
        for (size_t k = 0; k < 2; k++) {
            cr_expect_gt(stator_counter_read(&arch_fixture.workers[k]->counters->accepted), 0,
                         "%s: %zu has none", process_fixture->name, k);
        }
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

Test(prefork, reuseport_says_where_it_cannot_run)
{
    const struct stator_arch_impl *impl = stator_arch_find(STATOR_SPAN("prefork"));
    struct arch_fixture arch_fixture;
    int kept, ends[2];

    arch_fixture_open(&arch_fixture);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    kept = arch_fixture.listener;
    arch_fixture.listener = ends[0];
    cr_expect_eq(arch_fixture_create(&arch_fixture, impl, "assign=reuseport", 1000), -ENOTSUP);
    arch_fixture.listener = kept;
    close(ends[0]);
    close(ends[1]);
    for (size_t i = 1; i < arch_fixture.worker_count; i++) {
        stator_worker_destroy(arch_fixture.workers[i]);
    }
    free(arch_fixture.made);
    close(arch_fixture.listener);
    fixture_close(&arch_fixture.fixture);
}

/* At its bound fork leaves clients in the kernel's queue until a child ends. */
Test(prefork, fork_waits_for_a_child_to_end, .timeout = 60)
{
    const struct process_fixture process_fixture = {"fork", "most=1", false};
    struct arch_fixture arch_fixture;
    char got[4096];
    int first, second;

    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, &process_fixture, 0, 10000);
    first = connect_to(&arch_fixture);
    cr_expect(send_text(first, get));
    cr_expect_gt(receive(first, "0123456789", got, sizeof(got)), 0);
    second = connect_to(&arch_fixture);
    cr_expect(send_text(second, get));
    usleep(100000);
    cr_expect_eq(recv(second, got, sizeof(got), MSG_DONTWAIT), -1);
    close(first);
    cr_expect_gt(receive(second, "0123456789", got, sizeof(got)), 0);
    close(second);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}
