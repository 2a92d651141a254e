/* Meters read of a child what it is known to have done. */
#include "lab/run/meter.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/run/process.h"

/* Both ends of what parent and child say to each other. */
struct child {
    pid_t pid;
    int said, told;
};

/* Starts a child that does `work`, says so, waits until it is told, and ends. */
static struct child child_of(void (*work)(void))
{
    struct child child;
    int up[2], down[2];

    cr_assert_eq(pipe(up), 0);
    cr_assert_eq(pipe(down), 0);
    child.pid = fork();
    if (child.pid == 0) {
        char byte = 0;

        work();
        if (write(up[1], "d", 1) == 1 && read(down[0], &byte, 1) == 1) {
            _exit(0);
        }
        _exit(1);
    }
    close(up[1]);
    close(down[0]);
    child.said = up[0];
    child.told = down[1];
    return child;
}

static void await_done(const struct child *child)
{
    char byte;

    cr_assert_eq(read(child->said, &byte, 1), 1);
}

static void end(const struct child *child)
{
    cr_expect_eq(write(child->told, "e", 1), 1);
    close(child->told);
    close(child->said);
    cr_expect_eq(waitpid(child->pid, NULL, 0), child->pid);
}

static int64_t thread_ns(clockid_t id)
{
    struct timespec time;

    clock_gettime(id, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* 300 ms of processor time, in user mode. */
static void burn(void)
{
    volatile unsigned sink = 0;

    while (thread_ns(CLOCK_THREAD_CPUTIME_ID) < 300000000) {
        for (int i = 0; i < 200000; i++) {
            sink = sink + 1;
        }
    }
}

static void *burn_in_thread(void *context)
{
    burn();
    return context;
}

static void burn_in_threads_that_end(void)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, burn_in_thread, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void burn_in_children_that_end(void)
{
    pid_t children[2];

    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            burn();
            _exit(0);
        }
    }
    for (int i = 0; i < 2; i++) {
        waitpid(children[i], NULL, 0);
    }
}

/* A child of the child stays. */
static void leave_a_child_that_burnt(void)
{
    int ends[2];
    char byte;

    if (pipe(ends) == 0 && fork() == 0) {
        burn();
        if (write(ends[1], "d", 1) == 1) {
            pause();
        }
        _exit(0);
    }
    if (read(ends[0], &byte, 1) < 0) {
        _exit(1);
    }
}

TestSuite(meter, .timeout = 60);

/* Threads and children that have ended, and a grandchild that lives, count; to 1 % and a tick. */
Test(meter, processor_time_counts_whoever_used_it)
{
    static const struct {
        const char *label;
        void (*work)(void);
        int64_t us;
        unsigned processes;
    } rows[] = {
        {"itself", burn, 300000, 1},
        {"ended threads", burn_in_threads_that_end, 600000, 1},
        {"ended children", burn_in_children_that_end, 600000, 1},
        {"a child that lives", leave_a_child_that_burnt, 300000, 2},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct child child = child_of(rows[i].work);
        const struct stator_meter none = {0};
        struct stator_meter meter;
        struct stator_process *tree = NULL;
        size_t count = 0;

        await_done(&child);
        cr_assert_eq(stator_meter_read(child.pid, &meter), 0);
        cr_expect_float_eq((double)meter.cpu_us, (double)rows[i].us,
                           0.02 * (double)rows[i].us + 25000, "%s: %d us", rows[i].label,
                           (int)meter.cpu_us);
        cr_expect_gt(stator_meter_user_share(&none, &meter), 0.5, "%s", rows[i].label);
        cr_expect_eq(meter.processes, rows[i].processes, "%s", rows[i].label);
        cr_assert_eq(stator_process_tree(child.pid, &tree, &count), 0);
        cr_expect_eq(tree[0].pid, child.pid);
        for (size_t k = 1; k < count; k++) {
            kill(tree[k].pid, SIGKILL);
        }
        free(tree);
        end(&child);
    }
}

static void wait_often(void)
{
    struct timespec moment = {.tv_nsec = 100000};

    for (int i = 0; i < 500; i++) {
        nanosleep(&moment, NULL);
    }
}

Test(meter, each_wait_is_a_voluntary_switch)
{
    struct child child = child_of(wait_often);
    struct stator_meter meter;

    await_done(&child);
    cr_assert_eq(stator_meter_read(child.pid, &meter), 0);
    /* Who is preempted just before it waits has not waited of its own will. */
    cr_expect_geq(meter.switches + meter.preemptions, 500);
    cr_expect_geq(meter.switches, 400);
    cr_expect_lt(meter.switches, 600);
    end(&child);
}

#define MEGABYTES 32

static void touch_memory(void)
{
    char *bytes =
        mmap(NULL, MEGABYTES << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    memset(bytes, 1, MEGABYTES << 20);
}

static void do_nothing(void)
{
}

static void *wait_for_ever(void *context)
{
    pause();
    return context;
}

static void make_ten_threads(void)
{
    pthread_t thread;

    for (int i = 0; i < 10; i++) {
        pthread_create(&thread, NULL, wait_for_ever, NULL);
    }
}

Test(meter, memory_is_what_was_touched_and_what_the_kernel_needs_for_it)
{
    struct child lean = child_of(do_nothing), fat = child_of(touch_memory);
    struct child many = child_of(make_ten_threads);
    struct stator_meter of_lean, of_fat, of_many;

    await_done(&lean);
    await_done(&fat);
    await_done(&many);
    cr_assert_eq(stator_meter_read(lean.pid, &of_lean), 0);
    cr_assert_eq(stator_meter_read(fat.pid, &of_fat), 0);
    cr_assert_eq(stator_meter_read(many.pid, &of_many), 0);
    cr_expect_float_eq((double)(of_fat.pss - of_lean.pss), MEGABYTES << 20, 1 << 20);
    cr_expect_eq(of_lean.threads, 1);
    cr_expect_eq(of_many.threads, 11);
    cr_expect_geq(of_many.kernel, of_lean.kernel + 10 * 16384);
    end(&lean);
    end(&fat);
    end(&many);
}

Test(meter, nobody_is_not_metered)
{
    struct child child = child_of(do_nothing);
    struct stator_meter meter;

    end(&child);
    cr_expect_eq(stator_meter_read(child.pid, &meter), -ESRCH);
}

Test(meter, the_machine_has_kernel_memory)
{
    uint64_t kernel = 0;

    cr_assert_eq(stator_meter_read_kernel(&kernel), 0);
    cr_expect_gt(kernel, 1 << 20);
}

Test(process, values_are_found_at_the_beginning_of_lines)
{
    static const char text[] = "VmPTE:\t  12 kB\nnonvoluntary: 3\nvoluntary: 7\nPss: x\n";

    cr_expect_eq(stator_process_value(text, "VmPTE:"), 12 * 1024);
    cr_expect_eq(stator_process_value(text, "voluntary:"), 7);
    cr_expect_eq(stator_process_value(text, "Pss:"), 0);
    cr_expect_eq(stator_process_value(text, "none:"), 0);
}

Test(meter, few_ticks_tell_no_share)
{
    static const struct {
        struct stator_meter before, after;
        double share; /* NAN: none */
    } rows[] = {
        {{.user_ticks = 5, .ticks = 10}, {.user_ticks = 13, .ticks = 20}, 0.8},
        {{.user_ticks = 5, .ticks = 10}, {.user_ticks = 5, .ticks = 30}, 0},
        {{.user_ticks = 5, .ticks = 10}, {.user_ticks = 13, .ticks = 19}, NAN},
        {{.user_ticks = 5, .ticks = 10}, {.user_ticks = 5, .ticks = 10}, NAN},
        /* A process that went away took its ticks with it. */
        {{.user_ticks = 50, .ticks = 100}, {.user_ticks = 5, .ticks = 10}, NAN},
        {{.user_ticks = 50, .ticks = 60}, {.user_ticks = 40, .ticks = 80}, NAN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double share = stator_meter_user_share(&rows[i].before, &rows[i].after);

        if (isnan(rows[i].share)) {
            cr_expect(isnan(share), "%zu: %g", i, share);
        } else {
            cr_expect_float_eq(share, rows[i].share, 1e-9, "%zu: %g", i, share);
        }
    }
}
