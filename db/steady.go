package db

/*
// SQLite itself is compiled into the driver; these are its own declarations.
typedef struct sqlite3 sqlite3;
extern int sqlite3_auto_extension(void (*)(void));
extern int sqlite3_db_config(sqlite3 *, int, ...);

enum { CONFIG_ENABLE_QPSG = 1007 }; // SQLITE_DBCONFIG_ENABLE_QPSG of sqlite3.h

static int steady(sqlite3 *db, char **message, const void *api) {
	(void)message, (void)api;
	return sqlite3_db_config(db, CONFIG_ENABLE_QPSG, 1, (int *)0);
}

static int steadyAll(void) { return sqlite3_auto_extension((void (*)(void))steady); }
*/
import "C"

import "fmt"

// keepPlans has every connection that is opened from now on keep the plan of a
// prepared statement whatever is bound to it: SQLite's "query planner stability
// guarantee". Without it a statement with "column = ?" is prepared anew each time it is
// run, since the planner might like one value better than another, and the driver's
// statement cache is for nothing: a check-in cost twice as much. The driver has no
// setting for this.
func keepPlans() error {
	if code := C.steadyAll(); code != 0 {
		return fmt.Errorf("keep query plans: SQLite error %d", int(code))
	}
	return nil
}
