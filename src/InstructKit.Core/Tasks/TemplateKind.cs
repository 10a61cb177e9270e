namespace InstructKit.Tasks;

/// <summary>What a template asks for (FLAN's paper allows up to three templates per dataset that turn the task around).</summary>
public enum TemplateKind
{
    /// <summary>The target is the task's answer.</summary>
    Direct,

    /// <summary>The target is what is usually the input, asked for by the answer.</summary>
    Inverse,

    /// <summary>Nothing of the row is in the input.</summary>
    Unconditional,

    /// <summary>The target is something else of the row, such as a title or a topic.</summary>
    Auxiliary,
}
