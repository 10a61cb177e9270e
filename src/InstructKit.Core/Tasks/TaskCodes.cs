namespace InstructKit.Tasks;

/// <summary>Codes of errors in task files, cluster files and plans.</summary>
public static class TaskCodes
{
    /// <summary>The name of a task that is not in the catalogue.</summary>
    public const string UnknownTask = "IK2007";

    /// <summary>The name of a cluster, scheme or split that does not exist.</summary>
    public const string UnknownCluster = "IK2008";

    /// <summary>A duplicate name of tasks, templates, fields or columns.</summary>
    public const string DuplicateName = "IK2009";

    /// <summary>Two templates of a task with the same body.</summary>
    public const string DuplicateTemplate = "IK2010";

    /// <summary>A template or expression names an unknown column.</summary>
    public const string UnknownColumn = "IK2011";

    /// <summary>A direct template whose target never uses the answer.</summary>
    public const string AnswerUnused = "IK2012";

    /// <summary>An invalid slice such as <c>train[:-200</c>.</summary>
    public const string BadSlice = "IK2013";

    /// <summary>An invalid name (it would not survive as a file or column name).</summary>
    public const string BadName = "IK2014";

    /// <summary>A constant answer that is not among the options.</summary>
    public const string AnswerNotAnOption = "IK2015";

    /// <summary>Held-out data would be trained on.</summary>
    public const string Leak = "IK2020";

    /// <summary>The files of a task were not found.</summary>
    public const string MissingData = "IK2021";

    /// <summary>Files of a task are outside the data roots.</summary>
    public const string OutsideRoots = "IK2024";

    /// <summary>Nothing is left to train on or to hold out.</summary>
    public const string EmptySelection = "IK2022";

    /// <summary>A setting of a plan or an option that contradicts another or is out of range.</summary>
    public const string BadSetting = "IK2023";
}
