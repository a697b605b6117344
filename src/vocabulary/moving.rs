//! Names whose addresses their provider changes without notice.

/// The ends of such names, and who says so in its manual.
const NAMES: [(&str, &str); 9] = [
    (".elb.amazonaws.com", "AWS"),
    (".execute-api.amazonaws.com", "AWS"),
    (".cloudfront.net", "AWS"),
    (".herokuapp.com", "Heroku"),
    (".herokudns.com", "Heroku"),
    (".azurewebsites.net", "Azure"),
    (".trafficmanager.net", "Azure"),
    (".azurefd.net", "Azure"),
    (".run.app", "Google Cloud"),
];

/// Who changes the addresses of a name; `None` for a name of which nothing is known.
pub fn moves(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    // The region stands in the middle: `x.execute-api.eu-west-1.amazonaws.com`, `x.eu-west-1.elb.amazonaws.com`.
    let service = host.strip_suffix(".amazonaws.com").and_then(|rest| rest.rsplit('.').nth(1));
    if service.is_some_and(|name| matches!(name, "execute-api" | "elb")) {
        return Some("AWS");
    }
    NAMES.iter().find(|(end, _)| host.ends_with(end)).map(|(_, provider)| *provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_the_end_of_a_name() {
        assert_eq!(moves("shop-123.eu-west-1.elb.amazonaws.com"), Some("AWS"));
        assert_eq!(moves("abc.execute-api.us-east-1.amazonaws.com"), Some("AWS"));
        assert_eq!(moves("Shop.HerokuApp.com"), Some("Heroku"));
        assert_eq!(moves("ec2-1-2-3-4.compute.amazonaws.com"), None);
        assert_eq!(moves("app.internal"), None);
    }
}
