namespace InstructKit.Protocol;

/// <summary>Which templates an example gets.</summary>
public enum TemplateAssignment
{
    /// <summary>One, drawn evenly by keyed hash (the paper: at random).</summary>
    One,

    /// <summary>One, by position among the kept rows; the last incomplete group is dropped (FLAN's code).</summary>
    RoundRobin,

    /// <summary>Every one.</summary>
    All,
}
