/* One option: how it is found, and what it may be. */
#include "server/option_table.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(option, variables)
{
    static const struct {
        const char *key;
        const char *variable;
    } rows[] = {
        {"root", "STATOR_ROOT"},
        {"log-format", "STATOR_LOG_FORMAT"},
        {"x-y-1", "STATOR_X_Y_1"},
        {"a-key-that-no-table-has-but-somebody-may-make-up-for-a-row-of-theirs",
         "STATOR_A_KEY_THAT_NO_TABLE_HAS_BUT_SOMEBODY_MAY_MAKE_UP_FOR_A_R"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_option_info info = {.key = rows[i].key};
        char name[STATOR_OPTION_VARIABLE_SIZE];
        stator_option_variable(&info, name);
        cr_expect_str_eq(name, rows[i].variable, "%s: %s", rows[i].key, name);
    }
}

Test(option, the_table_is_one_that_help_can_print)
{
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        const struct stator_option_info *info = stator_option_at(i);
        cr_assert_not_null(info, "row %zu", i);
        cr_expect_eq(strspn(info->key, "abcdefghijklmnopqrstuvwxyz-"), strlen(info->key), "%s",
                     info->key);
        cr_expect_neq(strncmp(info->key, "no-", 3), 0, "%s: --no- turns a switch off", info->key);
        bool is_switch = strcmp(info->range, "false|true") == 0;
        cr_expect_eq(info->argument == NULL, is_switch, "%s", info->key);
        bool is_list = strcmp(info->key, "listen") == 0 || strcmp(info->key, "urgency") == 0;
        cr_expect_eq(info->repeatable, is_list, "%s", info->key);
        for (size_t j = 0; j < i; j++) {
            const struct stator_option_info *other = stator_option_at(j);
            cr_expect_str_neq(info->key, other->key);
            cr_expect(info->letter == 0 || info->letter != other->letter, "-%c twice",
                      info->letter);
        }
    }
    cr_expect_null(stator_option_at(STATOR_OPTION_COUNT));
    cr_expect_null(stator_option_at(SIZE_MAX));
}

Test(option, is_found_by_its_key_and_by_its_variable)
{
    static const struct {
        const char *key, *entry;
        enum stator_option wanted;
    } rows[] = {
        {"root", "STATOR_ROOT=", STATOR_OPTION_root},
        {"log-format", "STATOR_LOG_FORMAT=json", STATOR_OPTION_log_format},
        {"verbose", "STATOR_VERBOSE=true", STATOR_OPTION_verbose},
        {"log_format", "STATOR_LOG-FORMAT=json", STATOR_OPTION_COUNT},
        {"Root", "STATOR_root=/", STATOR_OPTION_COUNT},
        {"roo", "STATOR_ROO=/", STATOR_OPTION_COUNT},
        {"roots", "STATOR_ROOTS=/", STATOR_OPTION_COUNT},
        {"", "STATOR_ROOT", STATOR_OPTION_COUNT},
        {"STATOR_ROOT", "", STATOR_OPTION_COUNT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(stator_option_find(rows[i].key), rows[i].wanted, "%s", rows[i].key);
        cr_expect_eq(stator_option_find_variable(rows[i].entry), rows[i].wanted, "%s",
                     rows[i].entry);
    }
}

Test(option, a_value_is_read_by_its_kind)
{
    enum { NO = -1, UNTOUCHED = 77 };
    static const struct {
        enum stator_option option;
        const char *value;
        int64_t wanted;
    } rows[] = {
        {STATOR_OPTION_root, "/", UNTOUCHED},
        {STATOR_OPTION_root, "", NO},
        {STATOR_OPTION_listen, "anything", UNTOUCHED},
        {STATOR_OPTION_listen, "", NO},
        {STATOR_OPTION_index, "a.html", UNTOUCHED},
        {STATOR_OPTION_index, "", NO},
        {STATOR_OPTION_index, ".a", NO},
        {STATOR_OPTION_index, "a/b", NO},
        {STATOR_OPTION_port, "65535", 65535},
        {STATOR_OPTION_port, "1K", NO},
        {STATOR_OPTION_workers, "auto", 0},
        {STATOR_OPTION_listing, "true", 1},
        {STATOR_OPTION_magic, "off", 2},
        {STATOR_OPTION_cache_size, "2K", 2048},
        {STATOR_OPTION_drain, "2s", 2000},
        {STATOR_OPTION_drain, "2K", NO},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t number = UNTOUCHED;
        bool possible = stator_option_parse(rows[i].option, rows[i].value, &number);
        cr_expect_eq(possible ? (int64_t)number : NO, rows[i].wanted, "%s=%s",
                     stator_option_at(rows[i].option)->key, rows[i].value);
        cr_expect(possible || number == UNTOUCHED, "%s", rows[i].value);
    }
}

Test(option, out_of_memory_is_not_the_value_s_fault)
{
    struct stator_error error = {0};
    stator_option_refuse(STATOR_OPTION_root, "STATOR_ROOT", "/", -ENOMEM, &error);
    cr_expect_eq(error.kind, STATOR_ERROR_KIND_RUNTIME);
    cr_expect_eq(error.code, ENOMEM);
    cr_expect_str_eq(error.what, "cannot set STATOR_ROOT");
    stator_option_refuse(STATOR_OPTION_root, "root", "", -EINVAL, NULL);
}
