#include "activity_tables.h"

const struct activity_tables *activity_tables_of(enum placement placement)
{
    return placement == PLACEMENT_LOWER_BACK ? &activity_tables_lower : &activity_tables_upper;
}
