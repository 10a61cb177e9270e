namespace InstructKit.Sources.Files;

/// <summary>Codes of output errors.</summary>
internal static class SinkCodes
{
    /// <summary>The operating system failed to write a file.</summary>
    public const string WriteFailed = "IK4001";

    /// <summary>The output folder is not empty.</summary>
    public const string FolderNotEmpty = "IK4002";

    /// <summary>The output folder cannot be created or written to.</summary>
    public const string FolderUnwritable = "IK4003";

    /// <summary>Another process is building in the output folder.</summary>
    public const string FolderBusy = "IK4006";

    /// <summary>Another failure of the operating system, with its own message.</summary>
    public const string SystemFailure = "IK4005";
}
