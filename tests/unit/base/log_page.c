/* What processes share of a log: whose turn it is, also when its holder has died. */
#include "base/log_page.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool rest_is(const struct stator_log_page *page, const char *text)
{
    return stator_span_equal(stator_log_page_rest(page), stator_span_from(text));
}

Test(log_page, one_has_the_turn)
{
    struct stator_log_page *page = stator_log_page_create();
    cr_assert_not_null(page);
    cr_expect(stator_log_page_claim(page));
    cr_expect_not(stator_log_page_claim(page));
    stator_log_page_release(page);
    cr_expect(stator_log_page_claim(page));
    stator_log_page_release(page);
    stator_log_page_destroy(page);
    stator_log_page_destroy(NULL);
}

Test(log_page, keeps_a_rest_up_to_a_bound)
{
    static char large[STATOR_LOG_REST_MAX];
    struct stator_log_page *page = stator_log_page_create();
    memset(large, 'x', sizeof(large));
    cr_assert(stator_log_page_claim(page));
    cr_expect(stator_log_page_keep(page, STATOR_SPAN("one ")));
    cr_expect(stator_log_page_keep(page, STATOR_SPAN("two\n")));
    cr_expect(rest_is(page, "one two\n"));
    cr_expect_not(stator_log_page_keep(page, (struct stator_span){large, sizeof(large) - 7}));
    cr_expect(rest_is(page, "one two\n"));
    cr_expect(stator_log_page_keep(page, (struct stator_span){large, sizeof(large) - 8}));
    stator_log_page_leave(page, stator_span_skip(stator_log_page_rest(page), sizeof(large) - 3));
    cr_expect(rest_is(page, "xxx"));
    cr_expect_not(atomic_load(&page->torn));
    stator_log_page_release(page);
    cr_expect(atomic_load(&page->torn));
    cr_assert(stator_log_page_claim(page));
    stator_log_page_leave(page, STATOR_SPAN(""));
    stator_log_page_release(page);
    cr_expect_not(atomic_load(&page->torn));
    stator_log_page_destroy(page);
}

/* Takes the turn in a child, which then waits or not for being told to end. */
static pid_t claim_in_child(struct stator_log_page *page, int ready[2])
{
    char byte;
    pid_t pid;
    cr_assert_eq(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        bool mine = stator_log_page_claim(page) && stator_log_page_keep(page, STATOR_SPAN("half"));
        if (write(ready[1], mine ? "y" : "n", 1) == 1) {
            pause();
        }
        _exit(1);
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    cr_assert_eq(byte, 'y');
    return pid;
}

Test(log_page, the_turn_of_a_dead_process_is_taken_over)
{
    struct stator_log_page *page = stator_log_page_create();
    int ready[2];
    pid_t pid = claim_in_child(page, ready);
    cr_expect_not(stator_log_page_claim(page), "it lives");
    kill(pid, SIGKILL);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_expect(stator_log_page_claim(page), "it has died");
    cr_expect(rest_is(page, "\n"), "whatever it wrote is ended");
    cr_expect_not(stator_log_page_claim(page));
    stator_log_page_release(page);
    stator_log_page_destroy(page);
    close(ready[0]);
    close(ready[1]);
}
