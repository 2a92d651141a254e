/* The list: order, and that removing is harmless. */
#include "base/list.h"

#include <criterion/criterion.h>

struct item {
    int name;
    struct stator_list link;
};

/* True if the list, read both ways, holds exactly these names. */
static bool holds(const struct stator_list *list, const int *names, size_t count)
{
    const struct stator_list *forth = list->next, *back = list->previous;
    for (size_t i = 0; i < count; i++) {
        if (forth == list || back == list ||
            STATOR_LIST_ENTRY(forth, struct item, link)->name != names[i] ||
            STATOR_LIST_ENTRY(back, struct item, link)->name != names[count - 1 - i]) {
            return false;
        }
        forth = forth->next;
        back = back->previous;
    }
    return forth == list && back == list;
}

Test(list, keeps_order_at_both_ends)
{
    struct stator_list list;
    struct item items[4] = {{1}, {2}, {3}, {4}};
    stator_list_init(&list);
    cr_expect(stator_list_is_empty(&list));
    stator_list_append(&list, &items[0].link);
    stator_list_append(&list, &items[1].link);
    stator_list_push(&list, &items[2].link);
    stator_list_push(&list, &items[3].link);
    cr_expect_not(stator_list_is_empty(&list));
    cr_expect(holds(&list, (const int[]){4, 3, 1, 2}, 4));
}

Test(list, removes_from_anywhere_and_twice)
{
    struct stator_list list;
    struct item items[3] = {{1}, {2}, {3}};
    stator_list_init(&list);
    for (size_t i = 0; i < 3; i++) {
        stator_list_append(&list, &items[i].link);
    }
    stator_list_remove(&items[1].link);
    stator_list_remove(&items[1].link);
    cr_expect(holds(&list, (const int[]){1, 3}, 2));
    stator_list_remove(&items[0].link);
    cr_expect(holds(&list, (const int[]){3}, 1));
    stator_list_remove(&items[2].link);
    cr_expect(stator_list_is_empty(&list));
    stator_list_append(&list, &items[1].link);
    cr_expect(holds(&list, (const int[]){2}, 1));
}

Test(list, moves_all_in_their_order)
{
    struct stator_list from, to;
    struct item items[3] = {{1}, {2}, {3}};
    stator_list_init(&from);
    for (size_t i = 0; i < 3; i++) {
        stator_list_append(&from, &items[i].link);
    }
    stator_list_move(&from, &to);
    cr_expect(stator_list_is_empty(&from));
    cr_expect(holds(&to, (const int[]){1, 2, 3}, 3));
    stator_list_move(&from, &to);
    cr_expect(stator_list_is_empty(&to), "it is made empty first");
}
