/*
 * The designs in which blocking threads serve: who waits for whom. Order and counts are looked at,
 * never times.
 */
#include "arch/blocking/threaded_server.h"
#include "arch/architectures/registry.h"

#include "unit/arch/arch_fixture.h"

static const struct stator_arch_impl *impl_named(const char *name)
{
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_from(name));

    cr_assert_not_null(impl);
    return impl;
}

static struct stator_counters *counters(const struct arch_fixture *arch_fixture, size_t worker)
{
    return arch_fixture->workers[worker]->counters;
}

/* Waits until the counter says that. */
static void await(atomic_uint_fast64_t *counter, uint64_t expected)
{
    const struct timespec nap = {.tv_nsec = 2000000};

    for (int i = 0; i < 10000 && stator_counter_read(counter) != expected; i++) {
        nanosleep(&nap, NULL);
    }
    cr_assert_eq(stator_counter_read(counter), expected, "still %d, not %d",
                 (int)stator_counter_read(counter), (int)expected);
}

/* Waits until a thread has begun with what was put in its line. */
static void await_begun(const struct arch_fixture *arch_fixture)
{
    const struct timespec nap = {.tv_nsec = 2000000};

    for (int i = 0; i < 10000 && stator_counter_read(&counters(arch_fixture, 1)->wakes) == 0; i++) {
        nanosleep(&nap, NULL);
    }
    cr_assert_gt(stator_counter_read(&counters(arch_fixture, 1)->wakes), 0);
}

/* Connects and asks for `path`, the last thing that it will ask for; `fields` may be "". */
static int ask(const struct arch_fixture *arch_fixture, const char *path, const char *fields)
{
    char head[256];
    int fd = connect_to(arch_fixture);

    snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", path,
             fields);
    cr_assert(send_text(fd, head));
    return fd;
}

/* A client that asks for more than fits anywhere and takes nothing: who serves it is held up. */
static int hold_up(const struct arch_fixture *arch_fixture, const char *path)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096;
    char head[128];

    cr_assert_geq(fd, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    cr_assert_eq(
        connect(fd, (const struct sockaddr *)&arch_fixture->address, sizeof(arch_fixture->address)),
        0);
    snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", path);
    cr_assert(send_text(fd, head));
    return fd;
}

static void expect_answer(int fd, const char *why)
{
    char got[4096];

    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0, "%s", why);
    cr_expect_not_null(strstr(got, "HTTP/1.1 "), "%s", why);
    close(fd);
}

static void expect_digits(int fd, const char *why)
{
    char got[4096];

    cr_expect(send_text(fd, get), "%s", why);
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0, "%s", why);
}

/* The first letters of the paths in the log, once there are as many as `count`. */
static void read_log(const struct arch_fixture *arch_fixture, size_t count, char *out)
{
    const struct timespec nap = {.tv_nsec = 5000000};
    char path[256], channel[1024];

    fixture_path(&arch_fixture->fixture, "log", path);
    for (int i = 0; i < 4000; i++) {
        FILE *file = fopen(path, "re");
        size_t length = 0;

        cr_assert_not_null(file);
        while (length < count && fgets(channel, sizeof(channel), file) != NULL) {
            const char *target = strstr(channel, "\"GET /");

            out[length++] = target != NULL ? target[6] : '?';
        }
        out[length] = '\0';
        fclose(file);
        if (length == count) {
            return;
        }
        nanosleep(&nap, NULL);
    }
    cr_assert_fail("only %s in the log", out);
}

/* Lets the holder go, then all of `fds`; the first letters of their paths as they were served. */
static void release(const struct arch_fixture *arch_fixture, int holder, const int *fds,
                    size_t count, char *out)
{
    read_body(holder, SIZE_MAX);
    close(holder);
    for (size_t i = 0; i < count; i++) {
        cr_expect_gt(read_body(fds[i], SIZE_MAX), 0);
        close(fds[i]);
    }
    read_log(arch_fixture, 1 + count, out);
}

/* Who is queued in the order a, b, c ... while the one thread is held up is served in which? */
static void play_order(const char *options, const char *expected)
{
    static const struct {
        const char *path, *fields;
    } clients[] = {{"/a-low", "Priority: u=7\r\n"},
                   {"/b-large.txt", "Priority: u=0\r\n"},
                   {"/c-none", "Priority: u=4\r\n"},
                   {"/d-small.txt", "Priority: u=1\r\n"},
                   {"/e-middle.txt", "Priority: u=0, i\r\n"}};
    enum { CLIENTS = sizeof(clients) / sizeof(clients[0]) };
    struct arch_fixture arch_fixture;
    char got[16] = "";
    int fds[CLIENTS], holder;

    arch_fixture_open(&arch_fixture);
    fixture_pattern(&arch_fixture.fixture, "site/b-large.txt", 30000);
    fixture_pattern(&arch_fixture.fixture, "site/d-small.txt", 10);
    fixture_pattern(&arch_fixture.fixture, "site/e-middle.txt", 20000);
    arch_fixture_run(&arch_fixture, impl_named("pool"), options, 10000);
    holder = hold_up(&arch_fixture, "/large.txt");
    await_begun(&arch_fixture);
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = ask(&arch_fixture, clients[i].path, clients[i].fields);
        await(&counters(&arch_fixture, 0)->queued, i + 1);
    }
    release(&arch_fixture, holder, fds, CLIENTS, got);
    cr_expect_str_eq(got + 1, expected, "%s: %s, not %s", options, got + 1, expected);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(threaded, a_pool_serves_in_the_order_of_its_discipline, .timeout = 120)
{
    play_order("workers=1", "abcde");
    play_order("workers=1,unit=request", "abcde");
    play_order("workers=1,unit=request,queues=8", "abcde");
    play_order("workers=1,discipline=strict", "abcde"); /* one queue has one class */
    play_order("workers=1,queues=2,discipline=strict", "bdeac");
    play_order("workers=1,unit=request,queues=2,discipline=strict", "bdeac");
    play_order("workers=1,unit=request,queues=8,discipline=strict", "bedca");
    play_order("workers=1,unit=request,queues=2,discipline=aging", "bdeac");
    play_order("workers=1,unit=request,discipline=sff", "acdeb");
    play_order("workers=1,discipline=sff", "acdeb");
}

/* What is urgent is the site's to say; what clients say counts where it says nothing. */
Test(threaded, the_sites_rules_order_a_line, .timeout = 60)
{
    static const char *const paths[] = {"/a", "/b/x", "/c", "/d/low/x", "/e"};
    static const char *const rules[] = {"/a=7", "/b=0", "/d=0", "/d/low=6", "/e=0"};
    enum { CLIENTS = sizeof(paths) / sizeof(paths[0]) };
    struct arch_fixture arch_fixture;
    char got[16] = "";
    int fds[CLIENTS], holder;

    arch_fixture_open(&arch_fixture);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        cr_assert_eq(
            stator_urgency_add(&arch_fixture.fixture.site->urgencies, stator_span_from(rules[i])),
            0);
    }
    arch_fixture_run(&arch_fixture, impl_named("pool"),
                     "workers=1,unit=request,queues=8,discipline=strict", 10000);
    holder = hold_up(&arch_fixture, "/large.txt");
    await_begun(&arch_fixture);
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = ask(&arch_fixture, paths[i], i == 0 ? "Priority: u=0\r\n" : "Priority: u=5\r\n");
        await(&counters(&arch_fixture, 0)->queued, i + 1);
    }
    release(&arch_fixture, holder, fds, CLIENTS, got);
    cr_expect_str_eq(got + 1, "becda", "%s", got + 1);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/*
 * High requests go on coming, each before the last one is done: under strict the low one, which was
 * there before all but the first of them, waits for all; under fifo it is next. It is low because
 * it says so, or by a rule of the site, whatever it says.
 */
static void play_flood(const char *options, const char *rule, bool starves)
{
    enum { FLOOD = 10 };
    struct arch_fixture arch_fixture;
    int low, holder;

    arch_fixture_open(&arch_fixture);
    if (rule != NULL) {
        cr_assert_eq(
            stator_urgency_add(&arch_fixture.fixture.site->urgencies, stator_span_from(rule)), 0);
    }
    arch_fixture_run(&arch_fixture, impl_named("pool"), options, 10000);
    holder = hold_up(&arch_fixture, "/large.txt");
    await_begun(&arch_fixture);
    low =
        ask(&arch_fixture, "/digits.txt", rule != NULL ? "Priority: u=0\r\n" : "Priority: u=7\r\n");
    await(&counters(&arch_fixture, 0)->queued, 1);
    for (size_t i = 0; i < FLOOD; i++) {
        bool low_waits = starves || i == 0;
        int next = hold_up(&arch_fixture, "/large.txt");

        await(&counters(&arch_fixture, 0)->queued, low_waits ? 2 : 1);
        read_body(holder, SIZE_MAX);
        close(holder);
        holder = next;
        await(&counters(&arch_fixture, 0)->queued, starves ? 1 : 0);
    }
    read_body(holder, SIZE_MAX);
    close(holder);
    expect_answer(low, "its turn comes when nobody high is left");
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(threaded, strict_starves_and_fifo_does_not, .timeout = 120)
{
    play_flood("workers=1,unit=request,queues=2,discipline=strict", NULL, true);
    play_flood("workers=1,unit=request,queues=2,discipline=strict", "/digits.txt=7", true);
    play_flood("workers=1,unit=request,queues=2,discipline=fifo", NULL, false);
    play_flood("workers=1,unit=request,queues=2,discipline=fifo", "/digits.txt=7", false);
}

/* Idle clients and unfinished heads take no thread where requests are what is queued. */
Test(threaded, idle_connections_have_no_thread, .timeout = 60)
{
    static const struct {
        const char *name, *options;
    } rows[] = {{"pool", "unit=request,workers=1"},
                {"thread-request", "most=1"},
                {"thread-object", "objects=1"}};
    enum { CLIENTS = 20 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arch_fixture arch_fixture;
        char got[4096];
        int fds[CLIENTS], unfinished;

        arch_fixture_open(&arch_fixture);
        arch_fixture_run(&arch_fixture, impl_named(rows[i].name), rows[i].options, 10000);
        unfinished = connect_to(&arch_fixture);
        cr_expect(send_text(unfinished, "GET /digits.txt HTTP/1.1\r\nHo"));
        for (int k = 0; k < CLIENTS; k++) {
            fds[k] = connect_to(&arch_fixture);
            expect_digits(fds[k], rows[i].name);
        }
        expect_digits(fds[0], rows[i].name);
        cr_expect(send_text(unfinished, "st: h\r\n\r\n"));
        cr_expect_gt(receive(unfinished, "0123456789", got, sizeof(got)), 0, "%s", rows[i].name);
        await(&counters(&arch_fixture, 1)->requests, CLIENTS + 2);
        for (int k = 0; k < CLIENTS; k++) {
            close(fds[k]);
        }
        close(unfinished);
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

/* At its bound a design accepts nobody; who waits is served when there is room. */
static void play_bound(const char *name, const char *options, int bound)
{
    enum { MORE = 3 };
    struct arch_fixture arch_fixture;
    char got[4096];
    int fds[8];

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl_named(name), options, 10000);
    for (int i = 0; i < bound + MORE; i++) {
        fds[i] = connect_to(&arch_fixture);
        cr_expect(send_text(fds[i], get));
        await(&counters(&arch_fixture, 0)->accepted, (uint64_t)(i < bound ? i + 1 : bound));
    }
    for (int i = 0; i < bound + MORE; i++) {
        cr_expect_leq(stator_counter_read(&counters(&arch_fixture, 0)->accepted),
                      (uint64_t)(bound + i));
        cr_expect_gt(receive(fds[i], "0123456789", got, sizeof(got)), 0, "%s: %d", name, i);
        close(fds[i]);
    }
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(threaded, nobody_is_accepted_beyond_the_bound, .timeout = 60)
{
    play_bound("thread", "most=1", 1);
    play_bound("thread", "most=3", 3);
    play_bound("pool", "workers=1,cap=1", 2);
    play_bound("pool", "workers=2,cap=2", 4);
}

/* Requests of one connection, one after the other: the worker that is warm gets them all. */
Test(threaded, a_thread_per_request_and_one_worker_for_all, .timeout = 60)
{
    struct arch_fixture arch_fixture;
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl_named("thread-request"), "most=4", 10000);
    fd = connect_to(&arch_fixture);
    for (int i = 0; i < 10; i++) {
        expect_digits(fd, "thread-request");
    }
    cr_expect_eq(stator_counter_read(&counters(&arch_fixture, 1)->wakes), 10, "a thread for each");
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(threaded, an_object_holds_up_its_own_clients_alone, .timeout = 60)
{
    struct arch_fixture arch_fixture;
    int holder, same, fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl_named("thread-object"), "map=path,objects=3", 10000);
    holder = hold_up(&arch_fixture, "/large.txt");
    await_begun(&arch_fixture);
    same = ask(&arch_fixture, "/large.txt?again", "Range: bytes=0-0\r\n");
    await(&counters(&arch_fixture, 1)->queued, 1);
    fd = connect_to(&arch_fixture);
    expect_digits(fd, "another object");
    expect_digits(fd, "the same as before");
    cr_expect_eq(stator_counter_read(&counters(&arch_fixture, 2)->wakes) -
                     stator_counter_read(&counters(&arch_fixture, 2)->idle_wakes),
                 2);
    cr_expect_eq(stator_counter_read(&counters(&arch_fixture, 1)->queued), 1, "it still waits");
    read_body(holder, SIZE_MAX);
    expect_answer(same, "now it has its turn");
    cr_expect_eq(stator_counter_read(&counters(&arch_fixture, 3)->wakes), 0,
                 "no third path, no thread");
    close(holder);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* Who is queued when the design is told to stop is served before it ends. */
Test(threaded, a_drain_empties_the_line, .timeout = 60)
{
    static const struct {
        const char *name, *options;
    } rows[] = {{"pool", "workers=1"},
                {"pool", "unit=request,workers=1"},
                {"thread-request", "most=1"},
                {"thread-object", "objects=1"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arch_fixture arch_fixture;
        int holder, fds[5];

        arch_fixture_open(&arch_fixture);
        arch_fixture_run(&arch_fixture, impl_named(rows[i].name), rows[i].options, 30000);
        holder = hold_up(&arch_fixture, "/large.txt");
        await_begun(&arch_fixture);
        for (int k = 0; k < 5; k++) {
            fds[k] = ask(&arch_fixture, "/digits.txt", "");
        }
        stator_arch_stop(arch_fixture.arch);
        read_body(holder, SIZE_MAX);
        close(holder);
        for (int k = 0; k < 5; k++) {
            expect_answer(fds[k], rows[i].name);
        }
        arch_fixture_close(&arch_fixture);
    }
}

/* The second stop ends those who are queued, too. */
Test(threaded, a_second_stop_ends_the_line, .timeout = 60)
{
    struct arch_fixture arch_fixture;
    char got[256];
    int holder, fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl_named("pool"), "workers=1,unit=request", 600000);
    holder = hold_up(&arch_fixture, "/large.txt");
    await_begun(&arch_fixture);
    fd = ask(&arch_fixture, "/digits.txt", "");
    await(&counters(&arch_fixture, 0)->queued, 1);
    stator_arch_stop(arch_fixture.arch);
    stator_arch_stop(arch_fixture.arch);
    cr_expect_leq(receive(fd, NULL, got, sizeof(got)), 0, "not served");
    close(fd);
    arch_fixture_close(&arch_fixture);
    close(holder);
}
