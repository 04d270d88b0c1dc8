package entente

import rego.v1

# What fails. `outcome` is the same without saying why.

failing contains "clearance" if uncleared

failing contains "category" if not read_on

failing contains "release" if not releasable

failing contains "control" if not free

default outcome := "permit"

outcome := "deny" if {
	uncleared
} else := "deny" if {
	not read_on
} else := "ask" if {
	not releasable
} else := "ask" if {
	not free
}

uncleared if input.portion.level > input.person.level

read_on if count(input.portion.required - input.person.held) == 0

releasable if not input.portion.release

releasable if {
	meets(input.portion.release, input.person.citizenships)
	meets(input.portion.release, input.person.parties)
}

releasable if {
	every origin in input.portion.origins {
		meets(origin.consented, input.person.parties)
	}
}

free if not input.portion.controlled

free if {
	every origin in input.portion.origins {
		open(origin)
	}
}

open(origin) if meets(origin.recipients, input.person.parties)

open(origin) if meets(origin.consented, input.person.parties)

meets(a, b) if count(a & b) > 0
