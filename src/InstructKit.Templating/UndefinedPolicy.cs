namespace InstructKit.Templating;

/// <summary>What may be done with a value that is not there.</summary>
public enum UndefinedPolicy
{
    /// <summary>Prints nothing, is false and empty; anything else fails.</summary>
    Lenient,

    /// <summary>Printing, testing, comparing and iterating fail too; <c>is defined</c> and <c>default</c> still work.</summary>
    Strict,

    /// <summary>As lenient, and members of an undefined are undefined again.</summary>
    Chainable,
}
