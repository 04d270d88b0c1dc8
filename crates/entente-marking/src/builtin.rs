//! The schemes and groups that every node knows, built once for each process.

use std::sync::{Arc, LazyLock};

use crate::{Groups, Schemes, codes, spif, us};

/// The schemes that every node knows. Building them parses policies, so it is done once.
///
/// ```
/// use entente_marking::{SchemeId, builtin};
///
/// let tlp = builtin::schemes().get(&SchemeId::new("tlp"), None);
/// assert!(tlp.is_some());
/// ```
pub fn schemes() -> &'static Schemes {
    static SCHEMES: LazyLock<Schemes> = LazyLock::new(build);
    &SCHEMES
}

/// Who belongs to which group.
pub fn groups() -> &'static Groups {
    static GROUPS: LazyLock<Groups> = LazyLock::new(us::groups);
    &GROUPS
}

fn build() -> Schemes {
    let mut schemes = Schemes::empty();
    schemes.insert(Arc::new(us::UsIc::ic_2016()));
    schemes.insert(Arc::new(us::UsIc::dodm_5200_01()));
    schemes.insert(Arc::new(us::UsIc::ic_ism_2021()));
    // The codes go before the policies of the same name, which are there for exchange with other policies.
    schemes.insert(Arc::new(codes::tlp()));
    schemes.insert(Arc::new(codes::pap()));
    schemes.insert(Arc::new(codes::europol()));
    for policy in spif::published_policies().into_iter().chain(spif::builtin_policies()) {
        schemes.insert(Arc::new(spif::SpifScheme::new(policy)));
    }
    schemes
}
