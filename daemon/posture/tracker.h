/* tracker — the room's own view of struct tracker (plumbline/posture.h has the face). Flat, no pointers: a copy of its
 * bytes is a snapshot. */
#ifndef POSTURE_TRACKER_H
#define POSTURE_TRACKER_H

#include "activity.h"
#include "attitude.h"
#include "bend.h"
#include "bow.h"
#include "capture.h"
#include "creep.h"
#include "gait.h"
#include "input.h"
#include "rezero.h"
#include "settle.h"
#include "slouch.h"
#include "swing.h"
#include "sway.h"
#include "transition.h"

struct gap {
    bool running, said, lost; /* said: opened in the diary; lost: 60 s have passed */
    enum gap_reason reason;
    int64_t start_ns;
};

struct live {
    float p[ACTIVITY_CLASSES];
    enum posture posture; /* as shown */
    struct sitting sitting;
    enum posture steady;      /* sitting or standing, whichever was sure last */
    int64_t changed_ns;       /* when that, or walking, last ended */
    int64_t walking_ended_ns; /* EVENT_OPEN when none yet */
    float turn_degs;          /* how fast the trunk turns, mean of a second */
    int64_t stirred_ns;       /* when that last was as fast as in rising */
    unsigned walking_run;     /* epochs up to now that were walked for sure, whatever the tilt */
    bool risen;               /* the standing that lasts began with such a turn, out of sitting */
};

struct tracker {
    struct tracker_config config;
    struct calibration calibration;
    enum reference_state said_state;
    int64_t last_ns; /* of the last good sample; EVENT_OPEN before the first */
    bool running;    /* an epoch is being filled */
    struct gap gap;

    struct attitude attitude;
    struct gait gait;
    struct sway sway;
    float force_mps2; /* size of the last specific force */
    float up[3];
    struct angles angles;
    int64_t tick_ns;

    struct epoch epoch; /* being filled */
    struct features features;
    struct input input;
    uint32_t steps_before, regular_before;

    struct capture capture;
    struct rezero rezero;
    float hint[3]; /* of forward */
    struct activity activity;
    struct transition transition;
    uint32_t restarts; /* of the attitude, when it was last looked at */
    struct worn worn;
    struct live live;
    struct slouch slouch;
    struct bend bend;
    struct swing swing;
    struct bow bow;
    struct creep creep;
    struct settle settle;
    bool unworn;   /* so the device said with the last sample */
    uint32_t late; /* samples whose time did not increase, or was none */
};

#endif
