/* What is told of the access log: that it cannot be opened, and that lines of it are lost. */
#include "server/access_log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/stator-access-log-XXXXXX";

static void set_up(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static void tear_down(void)
{
    unlink("log");
    unlink("fifo");
    cr_expect_eq(rmdir(directory), 0, "a test left something behind");
}

TestSuite(access_log, .init = set_up, .fini = tear_down);

static struct {
    int count;
    struct stator_error last;
} notices;

static void on_notice(const struct stator_error *notice, void *context)
{
    cr_expect_eq(context, &notices);
    notices.count++;
    notices.last = *notice;
}

static void open_watched(struct stator_access_log *log)
{
    cr_assert_eq(stator_access_log_open(log, "log", NULL), 0);
    log->on_notice = on_notice;
    log->context = &notices;
    notices.count = 0;
}

Test(access_log, open_says_why_not)
{
    static const struct {
        const char *path;
        int code;
        const char *why;
    } rows[] = {
        {"missing/log", -ENOENT, "no such file or directory"},
        {"fifo", -ENXIO, "nobody reads that FIFO"},
    };
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_access_log log = {0};
        struct stator_error error = {0};
        cr_expect_eq(stator_access_log_open(&log, rows[i].path, &error), rows[i].code);
        cr_expect_not_null(strstr(error.what, rows[i].path), "%s", error.what);
        cr_expect_str_eq(error.why, rows[i].why, "%s", error.why);
        cr_expect_str_not_empty(error.fix);
        cr_expect_null(log.sink);
        stator_access_log_close(&log);
    }
}

Test(access_log, a_loss_is_told_with_its_cause)
{
    static const struct {
        int code;
        const char *why, *fix;
    } rows[] = {
        {-EAGAIN, "whoever reads it does not keep up", "look at its reader"},
        {-EPIPE, "whoever read it has ended", "start its reader again"},
        {-ENOSPC, "no space left on device", "make room"},
        {-EFBIG, "file too large", "ulimit -f"},
        {-ENOMEM, "cannot allocate memory", "memory"},
        {-EIO, "input/output error", "look where it leads"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_access_log log = {0};
        open_watched(&log);
        stator_log_lose(log.sink, 2, rows[i].code);
        stator_log_lose(log.sink, 1, rows[i].code);
        cr_expect_eq(notices.count, 1, "%s: once", rows[i].why);
        cr_expect_str_eq(notices.last.what, "losing lines of the access log log");
        cr_expect_str_eq(notices.last.why, rows[i].why, "%s", notices.last.why);
        cr_expect_not_null(strstr(notices.last.fix, rows[i].fix), "%s", notices.last.fix);
        cr_expect_eq(notices.last.code, -rows[i].code);
        cr_expect_eq(notices.last.kind, STATOR_ERROR_KIND_RUNTIME);
        stator_access_log_finish(&log, NULL, 0);
        cr_expect_eq(notices.count, 2);
        cr_expect_str_eq(notices.last.what, "lost 3 lines of the access log log");
        cr_expect_str_eq(notices.last.why, rows[i].why);
        stator_access_log_close(&log);
    }
}

Test(access_log, a_loss_at_the_end_is_told_once)
{
    struct stator_access_log log = {0};
    open_watched(&log);
    stator_access_log_finish(&log, NULL, 0);
    cr_expect_eq(notices.count, 0, "nothing was lost");
    stator_log_lose(log.sink, 1, -ENOSPC);
    cr_expect_eq(notices.count, 0);
    stator_access_log_finish(&log, NULL, 0);
    cr_expect_eq(notices.count, 1);
    cr_expect_str_eq(notices.last.what, "lost 1 line of the access log log");
    stator_access_log_close(&log);
}

Test(access_log, nobody_need_listen)
{
    struct stator_access_log log = {0};
    open_watched(&log);
    log.on_notice = NULL;
    stator_log_lose(log.sink, 1, -ENOSPC);
    stator_access_log_finish(&log, NULL, 0);
    cr_expect_eq(stator_log_lost(log.sink), 1);
    cr_expect_eq(notices.count, 0);
    stator_access_log_close(&log);
}
