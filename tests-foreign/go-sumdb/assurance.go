package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// assurance is the file that `entente assure` writes, as far as it has to be checked.
type assurance struct {
	By         string
	Checkpoint string
	Entries    []struct {
		Entry string
		Proof string
		Open  *struct{ Salt, Event string }
	}
	Others map[string]int64
}

// leaf is an entry of the log.
type leaf struct {
	Seq        int64
	Kind       string
	Commitment string
}

// domain separates commitments from other uses of the hash.
const domain = "entente/commitment/v1\x00"

// checkOpening checks that the event is the one that the entry commits to.
func checkOpening(entry leaf, salt, event string) error {
	bytes, err := hex.DecodeString(salt)
	if err != nil || len(bytes) != 32 {
		return errors.New("the salt is not 32 bytes in hexadecimal")
	}
	digest := sha256.Sum256([]byte(domain + string(bytes) + event))
	if hex.EncodeToString(digest[:]) != entry.Commitment {
		return fmt.Errorf("event %d is not the one that was recorded", entry.Seq)
	}
	var what struct{ Event string }
	if err := json.Unmarshal([]byte(event), &what); err != nil || what.Event != entry.Kind {
		return fmt.Errorf("event %d was recorded as %s (%v)", entry.Seq, entry.Kind, err)
	}
	return nil
}

// checkAssurance verifies an assurance with nothing but the writer's public keys, one of which has to have signed.
func checkAssurance(path, keyFile string) error {
	var stated assurance
	var public struct{ Signing []string }
	for _, file := range []struct {
		path string
		into any
	}{{path, &stated}, {keyFile, &public}} {
		data, err := os.ReadFile(file.path)
		if err == nil {
			err = json.Unmarshal(data, file.into)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file.path, err)
		}
	}
	var verifiers []note.Verifier
	for _, text := range public.Signing {
		key, err := note.NewVerifier(text)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, key)
	}
	keys := note.VerifierList(verifiers...)
	head, err := openCheckpoint([]byte(stated.Checkpoint), keys)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(head.origin, stated.By+"/") {
		return fmt.Errorf("the log %s is not one of %s", head.origin, stated.By)
	}
	last, opened := int64(0), 0
	for n, entry := range stated.Entries {
		var here leaf
		if err := json.Unmarshal([]byte(entry.Entry), &here); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		if here.Seq <= last {
			return fmt.Errorf("event %d is out of order", here.Seq)
		}
		last = here.Seq
		if !strings.HasSuffix(entry.Proof, "\n\n"+stated.Checkpoint) ||
			!strings.Contains(entry.Proof, fmt.Sprintf("\nindex %d\n", here.Seq-1)) {
			return fmt.Errorf("event %d: its proof is of another entry or checkpoint", here.Seq)
		}
		if err := checkProof([]byte(entry.Proof), []byte(entry.Entry), keys, head.origin); err != nil {
			return fmt.Errorf("event %d: %w", here.Seq, err)
		}
		if entry.Open != nil {
			opened++
			if err := checkOpening(here, entry.Open.Salt, entry.Open.Event); err != nil {
				return err
			}
		}
	}
	all := int64(len(stated.Entries))
	for _, count := range stated.Others {
		if count < 0 || count > head.size {
			return errors.New("a count is beyond the size of the log")
		}
		all += count
	}
	if all != head.size {
		return fmt.Errorf("the file accounts for %d of %d entries", all, head.size)
	}
	if opened == 0 {
		return errors.New("no event is shown, so nothing was checked")
	}
	fmt.Printf("ok: %d entries of %s are in the log, %d events are the recorded ones\n", len(stated.Entries), head.origin, opened)
	return nil
}
