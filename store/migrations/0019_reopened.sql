-- An objection against the end may open a mediation again: case systems that were connected before are told of it too.
UPDATE webhook SET types = types || 'nl.directe-bemiddeling.bemiddelingen.heropend.v1'::text
WHERE kind = 'zgw' AND NOT 'nl.directe-bemiddeling.bemiddelingen.heropend.v1' = ANY (types);
