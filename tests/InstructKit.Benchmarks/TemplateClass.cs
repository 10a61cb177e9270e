namespace InstructKit.Benchmarks;

/// <summary>What a template does with its row.</summary>
public enum TemplateClass
{
    /// <summary>Copies columns.</summary>
    Plain,

    /// <summary>Looks into an object.</summary>
    Member,

    /// <summary>Branches.</summary>
    Condition,

    /// <summary>Walks a list.</summary>
    Loop,

    /// <summary>Walks a list and asks where it is.</summary>
    LoopWithIndex,

    /// <summary>Joins a list.</summary>
    Join,

    /// <summary>Changes texts.</summary>
    Filters,

    /// <summary>Picks from a list by a label.</summary>
    Choice,

    /// <summary>Sets a variable, splits, counts.</summary>
    Variable,
}
