/* Invariants:
 *   A topic has at most one Notify call in flight; what changes meanwhile is sent when its reply comes.
 *   Replies and signals of a server come in its own order: an action that arrives before the reply to a replacement
 *   belongs to the notification that was shown before, so shown_id (not advice.id) names what was answered.
 *   server_id != 0 implies ready. Nothing is sent before the server's capabilities are known.
 *   Which advice went unanswered is for the coach to say: an expired pop-up is no answer, a dismissed one is "not now".
 */
#include "notify.h"

#include "markup.h"
#include "picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define STALE_US (10u * 60 * 1000000)

enum { SERVER_TEXT_MAX = 48, CLOSED_BY_USER = 2, URGENCY_LOW = 0, URGENCY_NORMAL = 1 };
enum { QUESTION = TOPIC_COUNT, LIVE_MAX, KEY_MAX = 128, COMMAND_MAX = 64 }; /* the question goes the way of an advice of one more topic */

static const char *const button[ANSWER_COUNT] = {
    [ANSWER_DONE] = "Done",
    [ANSWER_SNOOZE] = "In 10 minutes",
    [ANSWER_SKIP] = "Not now",
    [ANSWER_WRONG] = "That was wrong",
    [ANSWER_DETAILS] = "Details",
};

/* What its question is answered with. */
static const char *label(enum topic t, int answer)
{
    if (t == TOPIC_REFERENCE && answer == ANSWER_DONE) return "It moved";
    if (t == TOPIC_REFERENCE && answer == ANSWER_WRONG) return "It did not";
    return button[answer];
}

struct live {
    struct notify *owner;
    struct advice advice; /* what should be on the screen while `wanted` */
    uint64_t since_us;    /* CLOCK_BOOTTIME of the advice */
    bool wanted;
    bool dirty;        /* the server has yet to be told */
    sd_bus_slot *call; /* the Notify in flight, for advice sent_id */
    uint32_t sent_id, shown_id;
    uint32_t server_id; /* 0: not on the screen */
};

struct notify {
    sd_event *loop;
    const struct desk_listener *listener;
    sd_bus *bus;
    sd_bus_slot *probe; /* GetServerInformation, then GetCapabilities, in flight */
    bool ready;         /* server, buttons and escape are known */
    bool buttons, escape;
    char server[SERVER_TEXT_MAX];
    struct live live[LIVE_MAX];
    char key[KEY_MAX]; /* what the question is about */
};

static uint64_t boot_us(const struct notify *n)
{
    uint64_t us = 0;
    sd_event_now(n->loop, CLOCK_BOOTTIME, &us);
    return us;
}

/* ---- what is sent ---- */

static int append_buttons(sd_bus_message *m, const struct notify *n, const struct advice *a)
{
    int r = sd_bus_message_open_container(m, 'a', "s");
    if (n->buttons && r >= 0 && a->topic == (enum topic)QUESTION) {
        r = sd_bus_message_append(m, "ssss", "yes", "Yes", "never", "Never"); /* no default: a stray click decides nothing */
    } else if (n->buttons && r >= 0) {
        r = sd_bus_message_append(m, "ss", "default", button[ANSWER_DETAILS]); /* some draw this one as a button, too */
        for (int i = 0; i < ANSWER_COUNT && r >= 0; i++)
            if (button[i] && i != ANSWER_DETAILS && (a->answers & 1u << i))
                r = sd_bus_message_append(m, "ss", answer_name((enum answer)i), label(a->topic, i));
    }
    return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_hints(sd_bus_message *m, const struct advice *a)
{
    int r = sd_bus_message_open_container(m, 'a', "{sv}");
    if (r >= 0)
        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}",
                                  "urgency", "y", a->quiet ? URGENCY_LOW : URGENCY_NORMAL,
                                  "transient", "b", (int)a->quiet,
                                  "desktop-entry", "s", "plumbline",
                                  "category", "s", "x-plumbline.posture");
    if (r >= 0 && !a->neutral) r = picture_append(m, a->figure);
    return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Where there are no buttons, the body says how to answer: the answer that its first button would give. */
static void add_command(const struct advice *a, char *body, size_t cap)
{
    int first = 0;
    size_t used = strlen(body);
    if (a->neutral || a->topic == (enum topic)QUESTION) return; /* the question's own text has its command */
    while (first < ANSWER_COUNT && !(button[first] && (a->answers & 1u << first))) first++;
    if (first < ANSWER_COUNT)
        snprintf(body + used, cap - used, "\n%s: plumbline answer %s %s", label(a->topic, first), topic_name(a->topic),
                 answer_name((enum answer)first));
}

static int append_all(sd_bus_message *m, const struct live *l)
{
    char title[ADVICE_TITLE_MAX], text[ADVICE_BODY_MAX + COMMAND_MAX], body[sizeof text * 6];
    snprintf(text, sizeof text, "%s", l->advice.body);
    if (!l->owner->buttons) add_command(&l->advice, text, sizeof text);
    markup_clean(l->advice.title, false, title, sizeof title);
    markup_clean(text, l->owner->escape, body, sizeof body);
    int r = sd_bus_message_append(m, "susss", "Plumbline", l->server_id, "plumbline", title, body);
    if (r >= 0) r = append_buttons(m, l->owner, &l->advice);
    if (r >= 0) r = append_hints(m, &l->advice);
    if (r >= 0) r = sd_bus_message_append(m, "i", -1);
    return r;
}

static int on_shown(sd_bus_message *m, void *arg, sd_bus_error *error);

static void send_show(struct live *l)
{
    sd_bus_message *m = NULL;
    int r = sd_bus_message_new_method_call(l->owner->bus, &m, SERVER, SERVER_PATH, SERVER, "Notify");
    if (r >= 0) r = append_all(m, l);
    if (r >= 0) r = sd_bus_call_async(l->owner->bus, &l->call, m, on_shown, l, 0);
    if (r >= 0) l->sent_id = l->advice.id;
    sd_bus_message_unref(m);
}

static void send_close(struct live *l)
{
    sd_bus_message *m = NULL;
    if (sd_bus_message_new_method_call(l->owner->bus, &m, SERVER, SERVER_PATH, SERVER, "CloseNotification") >= 0 &&
        sd_bus_message_append(m, "u", l->server_id) >= 0 && sd_bus_message_set_expect_reply(m, 0) >= 0)
        sd_bus_send(l->owner->bus, m, NULL);
    sd_bus_message_unref(m);
    l->server_id = 0;
}

/* Brings the server in line with what is wanted. */
static void settle(struct live *l)
{
    if (!l->owner->ready || l->call || !l->dirty) return;
    l->dirty = false;
    if (l->wanted)
        send_show(l);
    else if (l->server_id)
        send_close(l);
}

static int on_shown(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct live *l = arg;
    (void)error;
    l->call = sd_bus_slot_unref(l->call);
    uint32_t id = 0;
    if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "u", &id) >= 0) {
        l->server_id = id;
        l->shown_id = l->sent_id;
    }
    settle(l);
    return 0;
}

/* ---- who the server is ---- */

static void forget_server(struct notify *n)
{
    n->probe = sd_bus_slot_unref(n->probe);
    n->ready = false;
    for (int i = 0; i < LIVE_MAX; i++) {
        struct live *l = &n->live[i];
        l->call = sd_bus_slot_unref(l->call);
        l->server_id = 0;
        l->dirty = l->wanted;
    }
}

static void show_again(struct notify *n)
{
    for (int i = 0; i < LIVE_MAX; i++) {
        struct live *l = &n->live[i];
        l->wanted = l->wanted && boot_us(n) - l->since_us < STALE_US;
        settle(l);
    }
}

static int on_capabilities(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct notify *n = arg;
    const char *name;
    (void)error;
    n->probe = sd_bus_slot_unref(n->probe);
    if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_enter_container(m, 'a', "s") < 0) return 0;
    n->buttons = n->escape = false;
    while (sd_bus_message_read(m, "s", &name) > 0) {
        n->buttons |= strcmp(name, "actions") == 0;
        n->escape |= strcmp(name, "body-markup") == 0;
    }
    n->ready = true;
    show_again(n);
    return 0;
}

static int on_information(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct notify *n = arg;
    const char *name = "", *vendor, *version = "", *spec;
    (void)error;
    n->probe = sd_bus_slot_unref(n->probe);
    if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "ssss", &name, &vendor, &version, &spec) < 0)
        return 0;
    char text[SERVER_TEXT_MAX];
    snprintf(text, sizeof text, "%s %s", name, version);
    markup_clean(text, false, n->server, sizeof n->server);
    sd_bus_call_method_async(n->bus, &n->probe, SERVER, SERVER_PATH, SERVER, "GetCapabilities", on_capabilities, n,
                             NULL);
    return 0;
}

/* Also starts the server where the desktop has one that starts on demand. */
static void ask_server(struct notify *n)
{
    if (n->bus && !n->probe)
        sd_bus_call_method_async(n->bus, &n->probe, SERVER, SERVER_PATH, SERVER, "GetServerInformation", on_information,
                                 n, NULL);
}

static int on_owner(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct notify *n = arg;
    const char *name, *before, *after;
    (void)error;
    if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0 || strcmp(name, SERVER) != 0) return 0;
    forget_server(n);
    if (*after) ask_server(n);
    return 0;
}

/* ---- what comes back ---- */

static struct live *find_shown(struct notify *n, uint32_t server_id)
{
    for (int i = 0; i < LIVE_MAX; i++)
        if (server_id && n->live[i].server_id == server_id) return &n->live[i];
    return NULL;
}

/* The notification has left the screen. */
static void gone(struct live *l)
{
    l->server_id = 0;
    if (l->advice.id == l->shown_id) l->wanted = l->dirty = false;
}

static void answer(struct live *l, enum answer a)
{
    uint32_t id = l->shown_id;
    gone(l);
    l->owner->listener->answered(l->owner->listener->arg, id, a);
}

/* The buttons of the question, which is off the screen then; any other word leaves it there. */
static void choose(struct live *l, const char *key)
{
    struct notify *n = l->owner;
    bool yes = strcmp(key, "yes") == 0;
    if (!yes && strcmp(key, "never") != 0) return;
    if (!l->call) send_close(l);
    gone(l);
    if (n->listener->chosen) n->listener->chosen(n->listener->arg, n->key, yes);
}

static int on_action(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct notify *n = arg;
    uint32_t id;
    const char *key;
    (void)error;
    if (sd_bus_message_read(m, "us", &id, &key) < 0) return 0;
    struct live *l = find_shown(n, id);
    if (l == &n->live[QUESTION]) return choose(l, key), 0;
    enum answer a = strcmp(key, "default") == 0 ? ANSWER_DETAILS : answer_find(key);
    if (!l || a >= ANSWER_COUNT) return 0;
    if (!l->call) send_close(l); /* dunst leaves it on the screen; one in flight is about to take its place */
    answer(l, a);
    return 0;
}

static int on_closed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct notify *n = arg;
    uint32_t id, reason;
    (void)error;
    if (sd_bus_message_read(m, "uu", &id, &reason) < 0) return 0;
    struct live *l = find_shown(n, id);
    if (l && reason == CLOSED_BY_USER && l != &n->live[QUESTION])
        answer(l, ANSWER_SKIP);
    else if (l)
        gone(l);
    return 0;
}

/* ---- the face ---- */

int notify_open(sd_event *loop, const struct desk_listener *listener, struct notify **n)
{
    struct notify *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->loop = loop;
    new->listener = listener;
    for (int i = 0; i < LIVE_MAX; i++) new->live[i].owner = new;
    *n = new;
    return 0;
}

void notify_up(struct notify *n, sd_bus *bus)
{
    n->bus = bus;
    sd_bus_match_signal_async(bus, NULL, SERVER, SERVER_PATH, SERVER, "ActionInvoked", on_action, NULL, n);
    sd_bus_match_signal_async(bus, NULL, SERVER, SERVER_PATH, SERVER, "NotificationClosed", on_closed, NULL, n);
    sd_bus_add_match_async(bus, NULL,
                           "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                           "member='NameOwnerChanged',arg0='" SERVER "'",
                           on_owner, NULL, n);
    ask_server(n);
}

void notify_down(struct notify *n)
{
    forget_server(n);
    n->bus = NULL;
}

void notify_advise(struct notify *n, const struct advice *a)
{
    struct live *l = &n->live[a->topic];
    if (a->action == ADVICE_SHOW) {
        l->advice = *a;
        l->since_us = boot_us(n);
    }
    l->wanted = a->action == ADVICE_SHOW;
    l->dirty = true;
    if (n->ready)
        settle(l);
    else if (l->wanted)
        ask_server(n);
}

void notify_ask(struct notify *n, const char *key, const char *title, const char *body)
{
    struct advice a = {.action = ADVICE_SHOW, .topic = (enum topic)QUESTION, .id = n->live[QUESTION].advice.id + 1};
    snprintf(n->key, sizeof n->key, "%s", key);
    snprintf(a.title, sizeof a.title, "%s", title);
    snprintf(a.body, sizeof a.body, "%s", body);
    notify_advise(n, &a);
}

void notify_describe(const struct notify *n, char *out, size_t cap)
{
    if (n->ready)
        snprintf(out, cap, "%s (%s)", n->server, n->buttons ? "buttons" : "no buttons");
    else
        snprintf(out, cap, "none (%s)", n->bus ? "no notification server" : "no session bus");
}

void notify_close(struct notify *n)
{
    if (!n) return;
    for (int i = 0; i < LIVE_MAX && n->bus; i++)
        if (n->live[i].server_id) send_close(&n->live[i]);
    if (n->bus) forget_server(n);
    free(n);
}
