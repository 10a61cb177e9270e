namespace InstructKit.Authoring.Importing;

/// <summary>Codes of what an import leaves out, and of what it says about the rest.</summary>
public static class ImportCodes
{
    /// <summary>The file is not what its importer reads.</summary>
    public const string Unreadable = "IK9001";

    /// <summary>A field is missing, or of another kind than the format has it.</summary>
    public const string WrongForm = "IK9002";

    /// <summary>Python code that would have to run.</summary>
    public const string PythonCode = "IK9003";

    /// <summary>A group of tasks, which has no rows and no template of its own.</summary>
    public const string Group = "IK9004";

    /// <summary>Something that has no counterpart here.</summary>
    public const string NoCounterpart = "IK9005";

    /// <summary>A text that is not a template of its dialect.</summary>
    public const string BadTemplate = "IK9006";

    /// <summary>A template that says the same as one before it.</summary>
    public const string SameTemplate = "IK9007";

    /// <summary>Two tasks, or two templates, that would have one name.</summary>
    public const string SameName = "IK9008";

    /// <summary>A file that would be replaced.</summary>
    public const string FileExists = "IK9009";

    /// <summary>A slip of the source: reported, not repaired.</summary>
    public const string Slip = "IK9010";

    /// <summary>A setting that is kept for people to read and that nothing here applies.</summary>
    public const string NotApplied = "IK9011";

    /// <summary>Nothing to import was found.</summary>
    public const string Nothing = "IK9012";
}
