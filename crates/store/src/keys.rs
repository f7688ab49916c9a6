//! 鍵 The town's keys: one secret in one file, outside the data folder and outside backups. Who has a backup has ciphertext.
//!
//! Every key is derived from the secret for one purpose. The two faces have secrets of their own, derived from the town's: on a
//! machine that serves one face lies a file with that face's secret and the public keys of the other, and nothing opens what the
//! other face has sealed. The [`RecoverySheet`] that `init` prints brings the file back; it belongs into the safe.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    sync::Arc,
};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use crypto_box::{PublicKey, SecretKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::Mac;
use subtle::ConstantTimeEq;

use crate::{
    StoreError,
    journal::{hmac, random},
};

pub use crate::recovery::RecoverySheet;

/// XChaCha20's nonce: long enough to be drawn by chance for ever.
const NONCE_BYTES: usize = 24;

const FIRST_LINE: &str = "yakuba key 1";

/// One of the two sides of a town.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Residents' side.
    Portal,
    /// Staff's side.
    Desk,
}

impl Face {
    /// The side behind the wall.
    pub fn other(self) -> Face {
        match self {
            Face::Portal => Face::Desk,
            Face::Desk => Face::Portal,
        }
    }

    /// Its word in files and commands.
    pub fn word(self) -> &'static str {
        match self {
            Face::Portal => "portal",
            Face::Desk => "desk",
        }
    }
}

/// Keys of the town, or of one of its faces. Clones share the secret.
#[derive(Clone)]
pub struct Keys {
    secret: Arc<Secret>,
}

struct Secret {
    /// Whose keys these are; none: the whole town's.
    face: Option<Face>,
    seed: [u8; 32],
    portal: PublicKeys,
    desk: PublicKeys,
}

/// What the other side may know of a face.
#[derive(Clone, Copy, PartialEq, Eq)]
struct PublicKeys {
    /// To seal to it.
    seal: [u8; 32],
    /// To know that it spoke.
    sign: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Keys of {}", self.secret.face.map_or("the town", Face::word))
    }
}

impl Keys {
    /// Draws the town's secret and writes it to `path`, readable by its owner only. The sheet is shown once and never kept.
    ///
    /// # Errors
    /// When there is a file already: a town's key is never overwritten. Or when it cannot be written.
    pub fn init(path: &Path) -> Result<(Keys, RecoverySheet), StoreError> {
        let keys = Keys::of_town(random()?);
        keys.save(path)?;
        let sheet = RecoverySheet::of(&keys.secret.seed);
        Ok((keys, sheet))
    }

    /// Writes the town's key file anew from what was typed off the sheet.
    ///
    /// # Errors
    /// When a group is mistyped (says which), a key is there already, or it cannot be written.
    pub fn recover(typed: &str, path: &Path) -> Result<Keys, StoreError> {
        let keys = Keys::of_town(RecoverySheet::read(typed)?);
        keys.save(path)?;
        Ok(keys)
    }

    /// Opens a key file.
    ///
    /// # Errors
    /// When it is not there, is no key file, or others than its owner may read it.
    pub fn open(path: &Path) -> Result<Keys, StoreError> {
        let mode = fs::metadata(path).map_err(StoreError::at("reading the key file", path))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(StoreError::Key("the key file may be read by others than its owner; chmod 600 it, and think who has read it"));
        }
        let text = fs::read_to_string(path).map_err(StoreError::at("reading the key file", path))?;
        Keys::parse(&text).ok_or(StoreError::Key("this is not a key file of Yakuba, or it is damaged"))
    }

    /// The keys of one face. What it seals, the other face's keys do not open.
    ///
    /// # Errors
    /// When these are the keys of the other face.
    pub fn face(&self, face: Face) -> Result<Keys, StoreError> {
        match self.secret.face {
            Some(own) if own == face => Ok(self.clone()),
            Some(_) => Err(StoreError::Key("this machine holds the keys of the other face only")),
            None => {
                let Secret { portal, desk, .. } = *self.secret;
                Ok(Keys { secret: Arc::new(Secret { face: Some(face), seed: self.derive(&face_purpose(face)), portal, desk }) })
            }
        }
    }

    /// Writes the keys of one face to a file, to be carried to the machine that serves it.
    ///
    /// # Errors
    /// As [`Keys::face`] and [`Keys::init`].
    pub fn save_face(&self, face: Face, path: &Path) -> Result<(), StoreError> {
        self.face(face)?.save(path)
    }

    /// HMAC-SHA-256 of `data` for one purpose: to find an individual number again without storing it, to bind a token.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        let mut mac = hmac(&self.derive(&format!("mac {purpose}")));
        mac.update(data);
        mac.finalize().into_bytes().into()
    }

    /// Whether `mac` is that of `data`, in a time that tells nothing.
    pub fn mac_fits(&self, purpose: &str, data: &[u8], mac: &[u8]) -> bool {
        self.mac(purpose, data).ct_eq(mac).into()
    }

    /// Encrypts `data` for one purpose (XChaCha20-Poly1305, a fresh nonce before it). The same purpose opens it.
    ///
    /// # Errors
    /// When the system gives no chance.
    pub fn seal(&self, purpose: &str, data: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.derive(&format!("seal {purpose}")), purpose.as_bytes(), data)
    }

    /// Opens what [`Keys::seal`] sealed for the same purpose.
    ///
    /// # Errors
    /// When it was changed, or sealed by other keys or for another purpose.
    pub fn unseal(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        unseal(&self.derive(&format!("seal {purpose}")), purpose.as_bytes(), sealed)
    }

    /// Signs (Ed25519) as the town, or as this face.
    pub fn sign(&self, data: &[u8]) -> [u8; 64] {
        SigningKey::from_bytes(&self.derive("sign")).sign(data).to_bytes()
    }

    /// Whether these keys themselves signed `data`.
    pub fn signed_here(&self, data: &[u8], signature: &[u8; 64]) -> bool {
        let own = SigningKey::from_bytes(&self.derive("sign")).verifying_key();
        own.verify_strict(data, &Signature::from_bytes(signature)).is_ok()
    }

    /// Whether `face` signed `data`.
    pub fn signed_by(&self, face: Face, data: &[u8], signature: &[u8; 64]) -> bool {
        let key = VerifyingKey::from_bytes(&self.public(face).sign);
        key.is_ok_and(|key| key.verify_strict(data, &Signature::from_bytes(signature)).is_ok())
    }

    /// Seals to a face: only that face's keys open it.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal_to(&self, face: Face, data: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = PublicKey::from(self.public(face).seal);
        key.seal(&mut crypto_box::aead::OsRng, data).map_err(|_| StoreError::Key("a message could not be sealed"))
    }

    /// Opens what was sealed to this face.
    ///
    /// # Errors
    /// When it was sealed to somebody else, or changed.
    pub fn unseal_own(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        SecretKey::from(self.derive("box")).unseal(sealed).map_err(|_| StoreError::Key("a message does not open with this face's key"))
    }

    /// Whose keys these are; none: the whole town's.
    pub fn whose(&self) -> Option<Face> {
        self.secret.face
    }

    fn public(&self, face: Face) -> &PublicKeys {
        match face {
            Face::Portal => &self.secret.portal,
            Face::Desk => &self.secret.desk,
        }
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        derive(&self.secret.seed, purpose)
    }

    pub(crate) fn of_town(seed: [u8; 32]) -> Keys {
        let public = |face| {
            let seed = derive(&seed, &face_purpose(face));
            PublicKeys {
                seal: *SecretKey::from(derive(&seed, "box")).public_key().as_bytes(),
                sign: SigningKey::from_bytes(&derive(&seed, "sign")).verifying_key().to_bytes(),
            }
        };
        Keys { secret: Arc::new(Secret { face: None, seed, portal: public(Face::Portal), desk: public(Face::Desk) }) }
    }

    fn save(&self, path: &Path) -> Result<(), StoreError> {
        let failed = || StoreError::at("writing the key file", path);
        let Secret { face, seed, portal, desk } = &*self.secret;
        let whose = face.map_or("town", Face::word);
        let publics: String = [portal.seal, portal.sign, desk.seal, desk.sign].iter().map(|key| hex(key) + "\n").collect();
        let text = format!("{FIRST_LINE}\n{whose}\n{}\n{publics}", hex(seed));
        if path.exists() {
            return Err(StoreError::Key("there is a key file already; a town's key is never overwritten"));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed())?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed())?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())
    }

    fn parse(text: &str) -> Option<Keys> {
        let mut lines = text.lines();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let face = match lines.next()? {
            "town" => None,
            "portal" => Some(Face::Portal),
            "desk" => Some(Face::Desk),
            _ => return None,
        };
        let mut key = || from_hex(lines.next()?)?.try_into().ok();
        let seed = key()?;
        let (portal, desk) = (PublicKeys { seal: key()?, sign: key()? }, PublicKeys { seal: key()?, sign: key()? });
        if face.is_none() {
            let keys = Keys::of_town(seed);
            return (keys.secret.portal == portal && keys.secret.desk == desk).then_some(keys);
        }
        Some(Keys { secret: Arc::new(Secret { face, seed, portal, desk }) })
    }
}

fn face_purpose(face: Face) -> String {
    format!("face {}", face.word())
}

/// HMAC-SHA-256 as a key derivation: the secret is uniform, so one step is enough.
fn derive(seed: &[u8; 32], purpose: &str) -> [u8; 32] {
    let mut mac = hmac(seed);
    mac.update(b"yakuba key derivation 1 ");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

pub(crate) fn seal(key: &[u8; 32], aad: &[u8], data: &[u8]) -> Result<Vec<u8>, StoreError> {
    let nonce = random::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: data, aad }).map_err(|_| StoreError::Key("it could not be sealed"))?;
    Ok([&nonce[..], &sealed].concat())
}

pub(crate) fn unseal(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    const REFUSED: StoreError = StoreError::Key("what is sealed does not open: it was changed, or belongs to other keys");
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(REFUSED)?;
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).map_err(|_| REFUSED)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
