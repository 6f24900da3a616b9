#!/bin/sh
# Verify one message with openssl: verify.sh ID TIMESTAMP SIGNATURES < body
# ID, TIMESTAMP and SIGNATURES are the values of webhook-id, webhook-timestamp and webhook-signature, the body is its
# bytes as they came, WEBHOOK_SECRET is whsec_… or whpk_…. Ends with 0 when the message is genuine. For a look by hand:
# others on this machine can read openssl's arguments, the secret among them.
set -euf
id=$1 timestamp=$2 signatures=$3

fail() {
    echo "$1" >&2
    exit 1
}

now=$(date +%s)
[ "$timestamp" -ge $((now - 300)) ] && [ "$timestamp" -le $((now + 300)) ] || fail "not of the last five minutes"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ printf '%s.%s.' "$id" "$timestamp"; cat; } > "$folder/signed"

case $WEBHOOK_SECRET in
whsec_*)
    key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
    wanted="v1,$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary < "$folder/signed" | openssl base64 -A)"
    for one in $signatures; do
        [ "$one" = "$wanted" ] && exit 0
    done
    ;;
whpk_*)
    # What DER writes before the 32 bytes of an Ed25519 public key (RFC 8410).
    {
        printf '\060\052\060\005\006\003\053\145\160\003\041\000'
        printf %s "${WEBHOOK_SECRET#whpk_}" | openssl base64 -d -A
    } > "$folder/key"
    for one in $signatures; do
        printf %s "${one#v1a,}" | openssl base64 -d -A > "$folder/signature"
        openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$folder/key" -in "$folder/signed" \
            -sigfile "$folder/signature" > "$folder/said" 2>&1 && exit 0
    done
    ;;
*) fail "wants WEBHOOK_SECRET to begin with whsec_ or whpk_" ;;
esac
fail "no matching signature"
