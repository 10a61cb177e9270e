namespace InstructKit.Sources.Files;

/// <summary>Codes of what can go wrong on the way out.</summary>
internal static class SinkCodes
{
    /// <summary>The operating system refused to write a file.</summary>
    public const string WriteFailed = "IK4001";

    /// <summary>The output folder holds something already.</summary>
    public const string FolderNotEmpty = "IK4002";

    /// <summary>The output folder cannot be made or written to.</summary>
    public const string FolderUnwritable = "IK4003";

    /// <summary>Another process is building in the output folder.</summary>
    public const string FolderBusy = "IK4006";

    /// <summary>The operating system refused something else; the message is its own.</summary>
    public const string SystemFailure = "IK4005";
}
