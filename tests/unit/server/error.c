/* The three parts of an error: whole lines, bounded, harmless. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "server/error.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(error, begin_forgets_and_speaks_for_the_system)
{
    static const struct {
        enum stator_error_kind kind;
        int code, expected;
        const char *why;
    } rows[] = {
        {STATOR_ERROR_KIND_USAGE, 0, 0, ""},
        {STATOR_ERROR_KIND_PERMISSION, EACCES, EACCES, "permission denied"},
        {STATOR_ERROR_KIND_BIND, -EADDRINUSE, EADDRINUSE, "address already in use"},
        {STATOR_ERROR_KIND_RUNTIME, -ENOENT, ENOENT, "no such file or directory"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_error error;
        memset(&error, 'x', sizeof(error));
        stator_error_begin(&error, rows[i].kind, rows[i].code);
        cr_expect_eq(error.kind, rows[i].kind, "row %zu", i);
        cr_expect_eq(error.code, rows[i].expected, "row %zu: %d", i, error.code);
        cr_expect_str_eq(error.what, "", "row %zu", i);
        cr_expect_str_eq(error.why, rows[i].why, "row %zu: %s", i, error.why);
        cr_expect_str_eq(error.fix, "", "row %zu", i);
    }
}

Test(error, parts_are_formatted_each_in_its_place)
{
    struct stator_error error;
    stator_error_begin(&error, STATOR_ERROR_KIND_BIND, EACCES);
    stator_error_what(&error, "cannot listen on %s:%d", "127.0.0.1", 80);
    stator_error_why(&error, "port %d is privileged", 80);
    stator_error_fix(&error, "use a port of %d or more", 1024);
    cr_expect_str_eq(error.what, "cannot listen on 127.0.0.1:80");
    cr_expect_str_eq(error.why, "port 80 is privileged");
    cr_expect_str_eq(error.fix, "use a port of 1024 or more");
}

Test(error, control_bytes_are_replaced_and_letters_kept)
{
    struct stator_error error;
    stator_error_begin(&error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(&error, "%s",
                      "a\nb\033[31m\x7f\tgr\xc3\xb6\xc3\x9f"
                      "e");
    cr_expect_str_eq(error.what,
                     "a?b?[31m??gr\xc3\xb6\xc3\x9f"
                     "e",
                     "got %s", error.what);
}

Test(error, long_parts_are_cut_between_characters)
{
    static const struct {
        const char *label;
        size_t before; /* letters before the characters of two bytes */
        size_t kept;   /* bytes before "..." */
    } rows[] = {
        {"between", 100, 188},
        {"not inside", 101, 187},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[400];
        struct stator_error error;
        memset(text, 'a', rows[i].before);
        for (size_t at = rows[i].before; at < rows[i].before + 200; at += 2) {
            memcpy(text + at, "\xc3\xb6", 2);
        }
        text[rows[i].before + 200] = '\0';
        stator_error_begin(&error, STATOR_ERROR_KIND_USAGE, 0);
        stator_error_fix(&error, "%s", text);
        cr_expect_eq(strncmp(error.fix, text, rows[i].kept), 0, "%s", rows[i].label);
        cr_expect_str_eq(error.fix + rows[i].kept, "...", "%s: got %s", rows[i].label, error.fix);
    }
}

Test(error, a_part_that_just_fits_is_whole)
{
    char text[sizeof(((struct stator_error *)NULL)->why)];
    struct stator_error error;
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    stator_error_begin(&error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_why(&error, "%s", text);
    cr_expect_str_eq(error.why, text);
}

Test(error, nobody_need_ask_for_it)
{
    stator_error_begin(NULL, STATOR_ERROR_KIND_USAGE, EINVAL);
    stator_error_what(NULL, "%d", 1);
    stator_error_why(NULL, "%d", 1);
    stator_error_fix(NULL, "%d", 1);
}

Test(error, kind_from_errno)
{
    cr_expect_eq(stator_error_kind_from(EACCES), STATOR_ERROR_KIND_PERMISSION);
    cr_expect_eq(stator_error_kind_from(-EPERM), STATOR_ERROR_KIND_PERMISSION);
    cr_expect_eq(stator_error_kind_from(-ENOMEM), STATOR_ERROR_KIND_RUNTIME);
}
