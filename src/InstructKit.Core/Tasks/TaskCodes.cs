namespace InstructKit.Tasks;

/// <summary>Codes of what can be wrong with task files, cluster files and plans.</summary>
public static class TaskCodes
{
    /// <summary>The name of a task that is not in the catalogue.</summary>
    public const string UnknownTask = "IK2007";

    /// <summary>The name of a cluster, scheme or split that does not exist.</summary>
    public const string UnknownCluster = "IK2008";

    /// <summary>Two things under one name: tasks, templates, fields, columns.</summary>
    public const string DuplicateName = "IK2009";

    /// <summary>Two templates of a task with the same body.</summary>
    public const string DuplicateTemplate = "IK2010";

    /// <summary>A template or expression names a column that the task does not have.</summary>
    public const string UnknownColumn = "IK2011";

    /// <summary>A direct template whose target never uses the answer.</summary>
    public const string AnswerUnused = "IK2012";

    /// <summary>A slice such as <c>train[:-200]</c> that cannot be read.</summary>
    public const string BadSlice = "IK2013";

    /// <summary>A name that cannot be used as one (it would not survive as a file or column name).</summary>
    public const string BadName = "IK2014";

    /// <summary>A constant answer that is not among the options.</summary>
    public const string AnswerNotAnOption = "IK2015";

    /// <summary>Held-out data would be trained on.</summary>
    public const string Leak = "IK2020";

    /// <summary>The files of a task were not found.</summary>
    public const string MissingData = "IK2021";

    /// <summary>Files of a task lie outside the data roots.</summary>
    public const string OutsideRoots = "IK2024";

    /// <summary>Nothing is left to train on or to hold out.</summary>
    public const string EmptySelection = "IK2022";

    /// <summary>A setting of a plan or an option that contradicts another or is out of range.</summary>
    public const string BadSetting = "IK2023";
}
