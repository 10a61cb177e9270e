namespace InstructKit.Sources.Hub;

/// <summary>
/// Codes of what can go wrong between a dataset hub and this machine. What cannot be had ends with exit code 69, what may work later with 75,
/// what the user has to change first with 2.
/// </summary>
public static class HubCodes
{
    /// <summary>The hub has no such dataset, or does not show it to this caller.</summary>
    public const string DatasetMissing = "IK8001";

    /// <summary>The dataset's owner wants terms to be accepted first.</summary>
    public const string Gated = "IK8002";

    /// <summary>The dataset has no such branch, tag or commit.</summary>
    public const string RevisionMissing = "IK8003";

    /// <summary>The token is not accepted, or not enough.</summary>
    public const string Forbidden = "IK8004";

    /// <summary>The dataset has no files that the layout names.</summary>
    public const string FilesMissing = "IK8005";

    /// <summary>The hub's conversion holds only the beginning of a split.</summary>
    public const string PartialConversion = "IK8006";

    /// <summary>What arrived has another size or hash than was announced.</summary>
    public const string ContentMismatch = "IK8007";

    /// <summary>An answer that cannot be used: not JSON, an unsafe path, a redirect in circles or away from https.</summary>
    public const string BadAnswer = "IK8008";

    /// <summary>The hub could not be reached or failed, several times in a row.</summary>
    public const string Unavailable = "IK8009";

    /// <summary>The hub asks for a longer pause than is waited for.</summary>
    public const string RateLimited = "IK8010";

    /// <summary>Offline mode, and the files are not in the cache.</summary>
    public const string NotInCache = "IK8011";

    /// <summary>The lock does not name what is wanted, and nothing else may be fetched.</summary>
    public const string NotLocked = "IK8012";

    /// <summary>The hub or the cache has other content than the lock names.</summary>
    public const string LockContradicted = "IK8013";

    /// <summary>The lock file cannot be read.</summary>
    public const string BadLock = "IK8014";

    /// <summary>The task has no layout that lies on the hub.</summary>
    public const string NoHubLayout = "IK8015";

    /// <summary>A setting or environment variable that cannot be followed.</summary>
    public const string BadSetting = "IK8016";

    /// <summary>The disk has not enough room.</summary>
    public const string NoRoom = "IK8017";

    /// <summary>Another process holds the file in the cache.</summary>
    public const string CacheBusy = "IK8018";
}
